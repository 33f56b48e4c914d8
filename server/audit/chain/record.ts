import { hashBytes } from "./hashes.ts";
import { readUuid, writeUuid } from "./uuid.ts";

/**
 * A record's header, which anybody can read and nobody can change: it is what the body is authenticated with, and all of
 * it is hashed into the chain. In bytes:
 *
 * | at | what |
 * |---|---|
 * | 0 | 1, the version of this form |
 * | 1 | the kind |
 * | 2 | the chain's UUID |
 * | 18 | the sequence within the chain, from 1 |
 * | 26 | the segment within the chain, from 1 |
 * | 30 | milliseconds since 1970 |
 * | 38 | the request's UUID, or zeros |
 * | 54 | the number of the data key within the segment; 0: the body is not encrypted |
 * | 58 | the hash of the record before |
 * | 90 | the SHA-256 of the body before it was encrypted |
 * | 122 | the body |
 *
 * Numbers are big-endian. A body begins with 16 random bytes, so that its SHA-256 tells nothing; JSON follows. Encrypted,
 * it ends with 16 bytes of AES-256-GCM's tag.
 */
export interface RecordHeader {
  readonly kind: number;
  readonly writer: string;
  readonly sequence: number;
  readonly segment: number;
  readonly epochMs: number;
  readonly requestId: string;
  readonly keyNumber: number;
  readonly previous: Buffer;
  readonly bodySha256: Buffer;
}

export const headerBytes = 122;

/** Random bytes at a body's beginning. */
export const saltBytes = 16;

const version = 1;

export function encodeHeader(header: RecordHeader): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes);
  bytes[0] = version;
  bytes[1] = header.kind;
  writeUuid(header.writer, bytes, 2);
  bytes.writeBigUInt64BE(BigInt(header.sequence), 18);
  bytes.writeUInt32BE(header.segment, 26);
  bytes.writeBigUInt64BE(BigInt(header.epochMs), 30);
  writeUuid(header.requestId, bytes, 38);
  bytes.writeUInt32BE(header.keyNumber, 54);
  bytes.set(header.previous, 58);
  bytes.set(header.bodySha256, 58 + hashBytes);
  return bytes;
}

/** What a record's header says; undefined when the bytes are none of this version. */
export function decodeHeader(record: Buffer): RecordHeader | undefined {
  if (record.length < headerBytes || record[0] !== version) return undefined;
  return {
    kind: record[1] ?? 0,
    writer: readUuid(record, 2),
    sequence: Number(record.readBigUInt64BE(18)),
    segment: record.readUInt32BE(26),
    epochMs: Number(record.readBigUInt64BE(30)),
    requestId: readUuid(record, 38),
    keyNumber: record.readUInt32BE(54),
    previous: record.subarray(58, 58 + hashBytes),
    bodySha256: record.subarray(58 + hashBytes, headerBytes),
  };
}
