/** One way of asking, as the load generator sees it. Both calls reject on any error and any surprise. */
export interface Lane {
  /** One unary call; resolves with the answer's text. */
  complete(): Promise<string>;
  /** One streamed call; resolves, when it has ended well, with the count of tokens that the answer itself states. */
  stream(onToken: (text: string) => void): Promise<number>;
  close(): void;
}

/** What the gateway takes as its licence key. */
export const licenseKey = "benchmark-licence-key";

/**
 * The names of the lanes. `direct` asks the stand-in itself; `chat` lanes are the peer's; the provider that is not named
 * is Bedrock.
 */
export type LaneName =
  | "grpc"
  | "grpc to OpenAI"
  | "connect"
  | "chat to Bedrock"
  | "chat to OpenAI"
  | "direct";
