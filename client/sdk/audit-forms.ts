import { hash } from "node:crypto";

// The forms that docs/audit.md describes, read by nobody's code but this: what the gateway's own code gets wrong shows here.

/** What a record's header says of itself, as far as a proof is about it. */
export interface RecordPlace {
  readonly chain: string;
  readonly sequence: number;
  readonly segment: number;
  readonly epochMs: number;
}

/** The root over a segment, as far as a batch of records reaches. */
export interface Head {
  readonly chain: string;
  readonly number: number;
  readonly segment: number;
  readonly treeSize: number;
  readonly lastSequence: number;
  readonly root: Uint8Array;
  /** The hash of the head before it. */
  readonly previous: Uint8Array;
}

/** The text that is signed. */
export interface Checkpoint {
  readonly epochMs: number;
  /** The signed chain's own head first. */
  readonly heads: readonly {
    readonly chain: string;
    readonly number: number;
    readonly hash: string;
  }[];
}

const recordHeaderBytes = 122;
const headBytes = 113;

/** Undefined when the bytes are no record of version 1. */
export function readRecordPlace(bytes: Uint8Array): RecordPlace | undefined {
  if (bytes.length < recordHeaderBytes || bytes[0] !== 1) return undefined;
  const view = viewOf(bytes);
  return {
    chain: uuidAt(bytes, 2),
    sequence: Number(view.getBigUint64(18)),
    segment: view.getUint32(26),
    epochMs: Number(view.getBigUint64(30)),
  };
}

/** Undefined when the bytes are no head of version 1. */
export function readHead(bytes: Uint8Array): Head | undefined {
  if (bytes.length !== headBytes || bytes[0] !== 1) return undefined;
  const view = viewOf(bytes);
  return {
    chain: uuidAt(bytes, 1),
    number: Number(view.getBigUint64(17)),
    segment: view.getUint32(25),
    treeSize: view.getUint32(29),
    lastSequence: Number(view.getBigUint64(33)),
    root: bytes.subarray(49, 81),
    previous: bytes.subarray(81, 113),
  };
}

/** Undefined when the text has another form. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  const [form, time = "", ...lines] = new TextDecoder().decode(bytes).split("\n");
  if (form !== "axonflow-audit-checkpoint/1" || !/^\d{1,15}$/.test(time)) return undefined;
  if (lines.pop() !== "") return undefined;
  const heads = lines.flatMap((line) => {
    const { chain = "", number, hash = "" } = headLine.exec(line)?.groups ?? {};
    return number === undefined ? [] : [{ chain, number: Number(number), hash }];
  });
  return heads.length === lines.length ? { epochMs: Number(time), heads } : undefined;
}

const headLine = /^(?<chain>[0-9a-f-]{36}) (?<number>\d{1,15}) (?<hash>[0-9a-f]{64})$/;

/** The hash of a leaf (RFC 6962, section 2.1). */
export function leafHashOf(record: Uint8Array): Uint8Array {
  return hashOf([0], record);
}

/** What a head is known by. */
export function headHashOf(head: Uint8Array): Uint8Array {
  return hashOf([2], head);
}

/** The root that a leaf and its audit path lead to (RFC 6962, section 2.1.1); undefined where the path has another length. */
export function rootOfPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  const sibling = path.at(-1);
  if (size === 1 || !sibling) return size === 1 && !sibling ? leaf : undefined;
  const left = 2 ** Math.ceil(Math.log2(size)) / 2;
  const isLeft = index < left;
  const [subIndex, subSize] = isLeft ? [index, left] : [index - left, size - left];
  const own = rootOfPath(leaf, subIndex, subSize, path.slice(0, -1));
  return own && (isLeft ? hashOf([1], own, sibling) : hashOf([1], sibling, own));
}

function hashOf(prefix: readonly number[], ...parts: readonly Uint8Array[]): Uint8Array {
  return hash("sha256", Buffer.concat([Uint8Array.from(prefix), ...parts]), "buffer");
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function uuidAt(bytes: Uint8Array, offset: number): string {
  const hex = Buffer.from(bytes.subarray(offset, offset + 16)).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
