/** Where a call came from, as its door saw it. One for each connection, as far as that is possible. */
export interface Origin {
  /** The caller's IP address, without a port; empty where it is not known. */
  readonly address: string;
  /** What the door spoke. */
  readonly protocol: "grpc" | "connect" | "grpc-web" | "rest";
  /** The SHA-256 of the client certificate that was shown and verified, in hex; absent where there was none. */
  readonly certificate?: string | undefined;
}
