/** In the place of a UUID where there is none. */
const noUuid = "00000000-0000-0000-0000-000000000000";

/** Writes the 16 bytes of a UUID; the empty text is all zeros. */
export function writeUuid(uuid: string, bytes: Buffer, offset: number): void {
  const hex = (uuid || noUuid).replaceAll("-", "");
  if (bytes.write(hex, offset, 16, "hex") !== 16) throw new Error(`${uuid} is no UUID`);
}

/** Reads it back. */
export function readUuid(bytes: Buffer, offset: number): string {
  const hex = bytes.toString("hex", offset, offset + 16);
  const uuid = [8, 12, 16, 20, 32].map((end, at, ends) => hex.slice(ends[at - 1] ?? 0, end));
  const text = uuid.join("-");
  return text === noUuid ? "" : text;
}
