/** The last head of a chain, as somebody saw it. */
export interface SeenHead {
  readonly writer: string;
  readonly number: number;
  /** `headHash` of the head's bytes, in hex. */
  readonly hash: string;
}

/** What a checkpoint says: its own chain's head first, then those of other chains. */
export interface CheckpointContent {
  readonly epochMs: number;
  readonly heads: readonly SeenHead[];
  readonly keyId: string;
  readonly algorithm: string;
  /** Of the public key as DER, in base64. */
  readonly publicKey: string;
  /** In base64. */
  readonly signature: string;
}

/**
 * The text that a checkpoint's signature is over, so that anybody can check it with nothing but the public key: a first
 * line with its form's name, the time, and one line for each head.
 */
export function checkpointText({
  epochMs,
  heads,
}: Pick<CheckpointContent, "epochMs" | "heads">): Buffer {
  const lines = heads.map(({ writer, number, hash }) => `${writer} ${number} ${hash}\n`);
  return Buffer.from(`axonflow-audit-checkpoint/1\n${epochMs}\n${lines.join("")}`);
}
