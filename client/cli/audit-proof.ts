import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import {
  type AuditEntry,
  type GetInclusionProofResponse,
  InvalidProofError,
  isGatewayCallError,
  type ProvenRecord,
  verifyInclusionProof,
} from "../sdk/node.ts";
import { positionText } from "./audit-list-sheet.ts";
import { UsageError } from "./usage-error.ts";
import type { Session } from "./with-gateway.ts";

/** The DER of a public key in a file, PEM or DER. */
export function readPublicKey(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path);
    const key = bytes.includes("-----BEGIN")
      ? createPublicKey(bytes)
      : createPublicKey({ key: bytes, format: "der", type: "spki" });
    return key.export({ type: "spki", format: "der" });
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new UsageError(`--public-key: ${path} is no public key that can be read (${why}).`);
  }
}

/** A checkpoint comes each second; an entry that was just written waits for one. */
const triesForSignature = 4;

interface ProofOptions {
  readonly trusted: Uint8Array | undefined;
  readonly timeoutMs: number | undefined;
}

/** Asks for an entry's proof and checks it here. Throws an InvalidProofError. */
export async function proveEntry(
  { client, signal }: Session,
  entry: AuditEntry,
  { trusted, timeoutMs }: ProofOptions,
): Promise<{ readonly proof: GetInclusionProofResponse; readonly proven: ProvenRecord }> {
  const { position } = entry;
  if (!position) throw new InvalidProofError("The entry has no place.");
  const ask = async (triesLeft: number): Promise<GetInclusionProofResponse> => {
    try {
      return await client.audit.prove(position, { signal, timeoutMs });
    } catch (error) {
      const isEarly = isGatewayCallError(error, "AUDIT_UNAVAILABLE");
      if (!isEarly || triesLeft === 0) throw error;
      await pause(error.retryAfterMs ?? 1000, undefined, { signal });
      return ask(triesLeft - 1);
    }
  };
  const proof = await ask(triesForSignature);
  const proven = verifyInclusionProof(proof, trusted);
  const isAsked = proven.chain === position.chain && BigInt(proven.sequence) === position.sequence;
  if (!isAsked) {
    throw new InvalidProofError(`The proof is of another record than ${positionText(entry)}.`);
  }
  return { proof, proven };
}

/** What a proof showed, in words. */
export function provenText({ publicKeySha256, isTrusted, signedEpochMs }: ProvenRecord): string {
  const signed = new Date(signedEpochMs).toISOString();
  const trust = isTrusted
    ? "That is the key of --public-key."
    : "Whose key that is, --public-key FILE would tell: it pins one that you have from elsewhere.";
  return [
    `  proven: the record is in the log as it was signed at ${signed}.`,
    `  signed with the key whose SHA-256 is ${publicKeySha256}.`,
    `  ${trust}\n`,
  ].join("\n");
}
