import type { StoredHead, StoredRecord } from "../../core/audit-store.ts";
import { sha256 } from "../../core/sha256.ts";
import { sealBody } from "./body-cipher.ts";
import { headHash, leafHash, noHash } from "./hashes.ts";
import { encodeHead } from "./head.ts";
import { createGrowingTree } from "./merkle-tree.ts";
import { encodeHeader } from "./record.ts";
import { type RecordKind, recordKinds } from "./record-kinds.ts";
import { nextSalt } from "./salt.ts";
import { hmacOfDigest } from "./text-hmac.ts";

/** What is to be written down. */
export interface Draft {
  readonly kind: RecordKind;
  /** Empty where it is about no request. */
  readonly requestId: string;
  /** JSON of an object that is not empty. */
  readonly text: string;
  /** SHA-256 of texts, each under its name, of which a keyed HMAC is written down. */
  readonly hmacOf?: Readonly<Record<string, Buffer>> | undefined;
}

/** The key that a record's body is encrypted with. */
export interface BodyKey {
  readonly number: number;
  readonly key: Buffer;
  /** For the HMACs of texts. */
  readonly hmacKey: Buffer;
}

/** A chain that grows at its end. What was sealed is a part of it, and must be stored before anything that follows. */
export interface Chain {
  readonly segment: number;
  /** Records of the running segment. */
  readonly segmentSize: number;
  /** The last record's sequence; 0 where there is none. */
  readonly sequence: number;
  /** The next record is the first one of a new segment. */
  beginSegment(): void;
  /** Without a key the body can be read by anybody. */
  seal(draft: Draft, epochMs: number, key?: BodyKey): StoredRecord;
  /** Ends a batch. */
  head(epochMs: number): StoredHead;
}

/** Begins a chain, in its first segment. */
export function createChain(writer: string): Chain {
  let segment = 1;
  let sequence = 0;
  let headNumber = 0;
  let previous: Buffer = noHash;
  let previousHead: Buffer = noHash;
  let tree = createGrowingTree();
  return {
    get segment() {
      return segment;
    },
    get segmentSize() {
      return tree.size;
    },
    get sequence() {
      return sequence;
    },
    beginSegment() {
      segment += 1;
      tree = createGrowingTree();
    },
    seal(draft, epochMs, key) {
      const { kind, requestId } = draft;
      sequence += 1;
      const body = Buffer.concat([nextSalt(), Buffer.from(textOf(draft, key))]);
      const number = recordKinds[kind];
      const header = encodeHeader({
        kind: number,
        writer,
        sequence,
        segment,
        epochMs,
        requestId,
        keyNumber: key?.number ?? 0,
        previous,
        bodySha256: sha256(body),
      });
      const bytes = key ? sealBody(key.key, sequence, header, body) : Buffer.concat([header, body]);
      previous = leafHash(bytes);
      tree.add(previous);
      return { writer, sequence, segment, epochMs, kind: number, requestId, bytes };
    },
    head(epochMs) {
      headNumber += 1;
      const bytes = encodeHead({
        writer,
        number: headNumber,
        segment,
        treeSize: tree.size,
        lastSequence: sequence,
        epochMs,
        root: tree.root(),
        previous: previousHead,
      });
      previousHead = headHash(bytes);
      return { writer, number: headNumber, segment, lastSequence: sequence, epochMs, bytes };
    },
  };
}

/** Without a key of its own, a text of a few words could be guessed from its hash. */
function textOf({ text, hmacOf }: Draft, key: BodyKey | undefined): string {
  if (!hmacOf || !key) return text;
  const hmacs = Object.entries(hmacOf).map(([name, of]) => [name, hmacOfDigest(key.hmacKey, of)]);
  return `${text.slice(0, -1)},"hmac":${JSON.stringify(Object.fromEntries(hmacs))}}`;
}
