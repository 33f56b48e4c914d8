/** What a data key is for. Whoever holds a wrapped key and says anything else gets nothing. */
export interface KeyContext {
  readonly tenant: string;
  /** The chain's UUID and the segment's number: `<uuid>/<number>`. */
  readonly segment: string;
}

/** A data key: 32 bytes, and the same as only the master key's holder can read it. */
export interface GeneratedKey {
  readonly key: Buffer;
  readonly wrapped: Buffer;
}

/** The key that all data keys are wrapped with: a file's, or one that never leaves AWS KMS. */
export interface MasterKey {
  /** What it is known by: a KMS key's ARN, or `local:` and the first 16 digits of a hash. */
  readonly id: string;
  generate(context: KeyContext): Promise<GeneratedKey>;
  /** Rejects when the key was wrapped with another one, for another context, or is not whole. */
  unwrap(wrapped: Buffer, context: KeyContext): Promise<Buffer>;
}
