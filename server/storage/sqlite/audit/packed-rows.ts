/** Whatever has bytes, as it crosses threads: one JSON text and one piece of memory, which is handed over and not copied. */
export interface PackedRows {
  /** JSON of `{ row, length }[]`, where `row` has everything but the bytes. */
  readonly text: string;
  /** All bytes one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Rows on one side. */
export function packRows(rows: readonly { readonly bytes: Uint8Array }[]): PackedRows {
  const packed = rows.map(({ bytes, ...row }) => ({ row, length: bytes.length }));
  return { text: JSON.stringify(packed), bytes: joinBytes(rows.map(({ bytes }) => bytes)) };
}

/** The same rows on the other; their bytes share one memory. */
export function unpackRows<Row extends { readonly bytes: Buffer }>({
  text,
  bytes,
}: PackedRows): readonly Row[] {
  const packed: readonly { row: Omit<Row, "bytes">; length: number }[] = JSON.parse(text);
  const next = cutter(bytes);
  return packed.map(({ row, length }) => ({ ...row, bytes: next(length) }) as unknown as Row);
}

/** In memory of its own: a small Buffer shares its memory with others, and cannot be handed over. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Gives one piece after the other, without copying. */
export function cutter({ buffer, byteOffset }: Uint8Array): (length: number) => Buffer {
  let at = byteOffset;
  return (length) => {
    const piece = Buffer.from(buffer as ArrayBuffer, at, length);
    at += length;
    return piece;
  };
}
