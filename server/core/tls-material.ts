/** What TLS is spoken with, read and checked. */
export interface TlsMaterial {
  /** PEM: the server's certificate, and those above it. */
  readonly certificate: string;
  /** PEM. Secret. */
  readonly key: string;
  /** PEM of the authorities whose client certificates are believed; absent where none are asked for. */
  readonly clientCa?: string | undefined;
  /** When the certificate ends, in milliseconds since 1970. */
  readonly endEpochMs: number;
}
