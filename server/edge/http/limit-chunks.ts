/** How many times the limit is still read, and thrown away, so that its sender gets to read the refusal. */
export const patience = 16;

/**
 * The chunks of a body up to a limit in bytes; beyond it the rest is discarded and then `error` thrown. Leaving the
 * loop at once would destroy the connection before the answer is out. A body that goes on and on is cut off after all.
 */
export async function* limitChunks(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
  error: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes * patience) throw error();
    if (bytes <= limitBytes) yield chunk;
  }
  if (bytes > limitBytes) throw error();
}
