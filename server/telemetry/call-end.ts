import type { Attributes } from "@opentelemetry/api";

/** What the conventions want to know of the end of a call. */
export interface CallEnd {
  readonly attributes: Attributes;
  /** Whether it is the server's fault; a caller's mistake is not. */
  readonly isError: boolean;
}
