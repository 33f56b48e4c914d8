/** Bytes as base64, the way files travel in JSON; the bytes are not copied first. */
export function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

/** The bytes of a base64 text; undefined when it is none. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text)
    ? new Uint8Array(Buffer.from(text, "base64"))
    : undefined;
}
