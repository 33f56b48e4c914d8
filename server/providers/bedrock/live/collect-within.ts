import type { Readable } from "node:stream";

/** Reads a body whole, as the AWS SDK's `streamCollector` does, but never more than so many bytes. */
export function collectWithin(mostBytes: number): (stream: Readable) => Promise<Uint8Array> {
  return async (stream) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Leaving the loop early destroys the stream, and with it the connection.
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw namedError("ListingTooLarge");
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };
}

/** An error that is known by its name, as AWS's are. */
export function namedError(name: string): Error {
  return Object.assign(new Error(name), { name });
}
