/** Signs checkpoints, so that nobody else can make a chain that passes for this gateway's. */
export interface Signer {
  /** A KMS key's ARN, or `local:` and the first 16 digits of the public key's SHA-256. */
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** The public key as DER of SubjectPublicKeyInfo (RFC 5280). */
  readonly publicKey: Buffer;
  sign(message: Buffer): Promise<Buffer>;
}

/** As JCA and TLS name them: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256, its signature as DER. */
export type SignatureAlgorithm = "Ed25519" | "ECDSA-P256-SHA256";
