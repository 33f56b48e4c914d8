/** A licence key as the gateway holds it: never the key itself. */
export interface LicenseKey {
  /** What logs and reports call the holder. */
  readonly name: string;
  /** SHA-256 of the key's UTF-8 bytes, 32 bytes. */
  readonly sha256: Buffer;
}
