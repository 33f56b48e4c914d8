import { malformed } from "../../codec-parts/malformed.ts";

/** The value of a header: what its type on the wire says. Timestamps are dates; UUIDs are text of 36 characters. */
export type FrameHeaderValue = boolean | number | bigint | Buffer | string | Date;

/** Headers by name. Bedrock's are all text. */
export type FrameHeaders = ReadonlyMap<string, FrameHeaderValue>;

/** How a value of each type is read, and how long it is; types 6 and 7 say their length in two bytes of their own. */
const types: readonly {
  readonly bytes: number | "prefixed";
  readonly read: (bytes: Buffer) => FrameHeaderValue;
}[] = [
  { bytes: 0, read: () => true },
  { bytes: 0, read: () => false },
  { bytes: 1, read: (bytes) => bytes.readInt8() },
  { bytes: 2, read: (bytes) => bytes.readInt16BE() },
  { bytes: 4, read: (bytes) => bytes.readInt32BE() },
  { bytes: 8, read: (bytes) => bytes.readBigInt64BE() },
  { bytes: "prefixed", read: (bytes) => bytes },
  { bytes: "prefixed", read: (bytes) => bytes.toString() },
  { bytes: 8, read: (bytes) => new Date(Number(bytes.readBigInt64BE())) },
  { bytes: 16, read: uuid },
];

/** Reads the headers of a frame (AWS: Event stream encoding). Throws DATA_LOSS where they do not fit their block. */
export function readFrameHeaders(block: Buffer): FrameHeaders {
  const headers = new Map<string, FrameHeaderValue>();
  let at = 0;
  const take = (count: number) => {
    if (at + count > block.length) throw malformed("A message of the stream has broken headers.");
    at += count;
    return block.subarray(at - count, at);
  };
  while (at < block.length) {
    const name = take(take(1).readUInt8()).toString();
    const type = types[take(1).readUInt8()];
    if (!type) throw malformed("A message of the stream has a header of an unknown type.");
    const bytes = type.bytes === "prefixed" ? take(2).readUInt16BE() : type.bytes;
    headers.set(name, type.read(take(bytes)));
  }
  return headers;
}

function uuid(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
