import { hashBytes } from "./hashes.ts";
import { readUuid, writeUuid } from "./uuid.ts";

/**
 * The end of a batch: the root over its segment so far, and the hash of the head before. In bytes, big-endian: 1, the
 * version; the chain's UUID; the head's number (8); the segment (4); how many leaves the root is over (4); the last
 * record's sequence (8); milliseconds since 1970 (8); the root (32); the hash of the head before (32).
 */
export interface Head {
  readonly writer: string;
  /** From 1 within a chain. */
  readonly number: number;
  readonly segment: number;
  /** Leaves that the root is over: the segment's records up to `lastSequence`. */
  readonly treeSize: number;
  readonly lastSequence: number;
  readonly epochMs: number;
  readonly root: Buffer;
  readonly previous: Buffer;
}

const headBytes = 49 + 2 * hashBytes;
const version = 1;

export function encodeHead(head: Head): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes);
  bytes[0] = version;
  writeUuid(head.writer, bytes, 1);
  bytes.writeBigUInt64BE(BigInt(head.number), 17);
  bytes.writeUInt32BE(head.segment, 25);
  bytes.writeUInt32BE(head.treeSize, 29);
  bytes.writeBigUInt64BE(BigInt(head.lastSequence), 33);
  bytes.writeBigUInt64BE(BigInt(head.epochMs), 41);
  bytes.set(head.root, 49);
  bytes.set(head.previous, 49 + hashBytes);
  return bytes;
}

/** What a head says; undefined when the bytes are none of this version. */
export function decodeHead(bytes: Buffer): Head | undefined {
  if (bytes.length !== headBytes || bytes[0] !== version) return undefined;
  return {
    writer: readUuid(bytes, 1),
    number: Number(bytes.readBigUInt64BE(17)),
    segment: bytes.readUInt32BE(25),
    treeSize: bytes.readUInt32BE(29),
    lastSequence: Number(bytes.readBigUInt64BE(33)),
    epochMs: Number(bytes.readBigUInt64BE(41)),
    root: bytes.subarray(49, 49 + hashBytes),
    previous: bytes.subarray(49 + hashBytes),
  };
}
