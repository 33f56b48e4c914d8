/** The five bytes that gRPC and Connect streams put before a message: flags and length. */
const prefixBytes = 5;

/** A message in its envelope, without flags. */
export function encodeEnvelope(message: Uint8Array): Buffer {
  const envelope = Buffer.allocUnsafe(prefixBytes + message.length);
  envelope[0] = 0;
  envelope.writeUInt32BE(message.length, 1);
  envelope.set(message, prefixBytes);
  return envelope;
}

/** Takes what came in one read; calls back once for each message that is whole. */
export type EnvelopeReader = (read: Buffer) => void;

/** Splits what comes into messages, wherever the reads were cut. */
export function createEnvelopeReader(
  onMessage: (message: Buffer, flags: number) => void,
): EnvelopeReader {
  let held: Buffer | undefined;
  return (read) => {
    const bytes = held ? Buffer.concat([held, read]) : read;
    let at = 0;
    while (bytes.length - at >= prefixBytes) {
      const end = at + prefixBytes + bytes.readUInt32BE(at + 1);
      if (bytes.length < end) break;
      onMessage(bytes.subarray(at + prefixBytes, end), bytes[at] ?? 0);
      at = end;
    }
    held = at < bytes.length ? bytes.subarray(at) : undefined;
  };
}
