import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import type { GetInclusionProofResponse } from "../../gen/axonflow/gateway/v1/audit_pb.ts";
import {
  type Head,
  headHashOf,
  leafHashOf,
  readCheckpoint,
  readHead,
  readRecordPlace,
  rootOfPath,
} from "./audit-forms.ts";

/** What is needed to prove that a record is in the log: an answer of GetInclusionProof, now or years ago. */
export type InclusionProof = Omit<GetInclusionProofResponse, "$typeName" | "$unknown">;

/** What a proof shows: that this record was in the log when its checkpoint was signed. */
export interface ProvenRecord {
  /** The chain's UUID. */
  readonly chain: string;
  readonly sequence: number;
  readonly segment: number;
  /** When it was written, in milliseconds since 1970. */
  readonly epochMs: number;
  /** The leaf of the Merkle tree. */
  readonly leafHash: Uint8Array;
  /** When it was signed, in milliseconds since 1970. */
  readonly signedEpochMs: number;
  /** The SHA-256 of the public key's DER, in hex: what two people compare. */
  readonly publicKeySha256: string;
  /** Whether that is the key that was given. Where none was, the proof only shows that somebody with this key signed. */
  readonly isTrusted: boolean;
}

/** A proof that does not hold. The message says at which step. */
export class InvalidProofError extends Error {
  override readonly name = "InvalidProofError";
}

/**
 * Checks a proof without a gateway, from the record up: leaf, path, head, the heads after it, checkpoint, signature.
 * `trustedPublicKey` is the DER of the public key that must have signed (SubjectPublicKeyInfo), had from elsewhere than the
 * proof. Throws an InvalidProofError.
 */
export function verifyInclusionProof(
  proof: InclusionProof,
  trustedPublicKey?: Uint8Array,
): ProvenRecord {
  const record =
    readRecordPlace(proof.record) ?? fails("the record has another form than version 1");
  const leafHash = leafHashOf(proof.record);
  const head = headOver(proof, record, leafHash);
  const signed = followHeads(proof, head);
  const signedEpochMs = checkCheckpoint(proof.checkpoint, signed);
  const isTrusted = trustedPublicKey !== undefined;
  if (isTrusted && Buffer.compare(trustedPublicKey, proof.publicKey) !== 0) {
    fails("it is signed with another key than the one that is trusted");
  }
  checkSignature(proof);
  const publicKeySha256 = hash("sha256", proof.publicKey);
  return { ...record, leafHash, signedEpochMs, publicKeySha256, isTrusted };
}

/** The head whose root the record's path leads to. */
function headOver(
  { leafIndex, treeSize, auditPath, head: bytes }: InclusionProof,
  { chain, sequence, segment }: Pick<ProvenRecord, "chain" | "sequence" | "segment">,
  leafHash: Uint8Array,
): Head {
  const head = readHead(bytes) ?? fails("the head has another form than version 1");
  if (head.chain !== chain || head.segment !== segment) {
    fails("the head is of another chain or segment than the record");
  }
  const [index, size] = [Number(leafIndex), Number(treeSize)];
  const firstSequence = head.lastSequence - head.treeSize + 1;
  if (size !== head.treeSize || index !== sequence - firstSequence || index < 0 || index >= size) {
    fails("the record does not stand where the proof says");
  }
  const root = rootOfPath(leafHash, index, size, auditPath);
  if (!root || Buffer.compare(root, head.root) !== 0) {
    fails("the record and its path do not lead to the head's root");
  }
  return head;
}

/** From head to head, up to the one that is signed. */
function followHeads(
  { head: bytes, followingHeads }: InclusionProof,
  first: Head,
): { readonly chain: string; readonly number: number; readonly hash: string } {
  let last = { head: first, hash: headHashOf(bytes) };
  for (const nextBytes of followingHeads) {
    const head = readHead(nextBytes) ?? fails("a following head has another form than version 1");
    const isNext = head.chain === first.chain && head.number === last.head.number + 1;
    if (!isNext || Buffer.compare(head.previous, last.hash) !== 0) {
      fails(`head ${head.number} does not follow head ${last.head.number}`);
    }
    last = { head, hash: headHashOf(nextBytes) };
  }
  return {
    chain: first.chain,
    number: last.head.number,
    hash: Buffer.from(last.hash).toString("hex"),
  };
}

/** A checkpoint's first line after the time is about the chain that it stands in. Gives its time. */
function checkCheckpoint(
  bytes: Uint8Array,
  {
    chain,
    number,
    hash,
  }: { readonly chain: string; readonly number: number; readonly hash: string },
): number {
  const checkpoint =
    readCheckpoint(bytes) ?? fails("the checkpoint's text has another form than version 1");
  const [own] = checkpoint.heads;
  if (own?.chain !== chain || own.number !== number || own.hash !== hash) {
    fails("the checkpoint does not name the last head");
  }
  return checkpoint.epochMs;
}

/** Ed25519 signs the text itself (RFC 8032); ECDSA its SHA-256. */
function checkSignature({ algorithm, publicKey, checkpoint, signature }: InclusionProof): void {
  const key = readPublicKey(publicKey);
  const isKnown =
    algorithm === "Ed25519"
      ? key.asymmetricKeyType === "ed25519"
      : algorithm === "ECDSA-P256-SHA256" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
  if (!isKnown) fails(`the public key is none of ${algorithm || "an algorithm that is named"}`);
  const digest = algorithm === "Ed25519" ? null : "sha256";
  if (!verify(digest, checkpoint, key, signature))
    fails("the signature does not fit the checkpoint");
}

function readPublicKey(der: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
  } catch {
    return fails("the public key cannot be read");
  }
}

function fails(why: string): never {
  throw new InvalidProofError(`The proof does not hold: ${why}.`);
}
