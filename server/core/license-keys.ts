import type { KeyGrants } from "./key-grants.ts";

/** A licence key as the gateway holds it: never the key itself. */
export interface LicenseKey {
  /** What logs and reports call the holder. */
  readonly name: string;
  /** SHA-256 of the key's UTF-8 bytes, 32 bytes. */
  readonly sha256: Buffer;
  /** Whom it belongs to; absent where nothing says so. */
  readonly tenant?: string | undefined;
  /** What it may do; absent where only what holds for all does. */
  readonly grants?: KeyGrants | undefined;
}
