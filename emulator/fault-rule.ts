import type { ApiName, Operation } from "./call-address.ts";
import type { ExceptionName } from "./exceptions.ts";

/**
 * Where in an answer a fault strikes: before its headers (`response`), after them and before any
 * body (`first-frame`), or after `afterTokens` content tokens (`mid-stream`; whole answers are
 * struck in the middle of their body).
 */
export type FaultPlace = "response" | "first-frame" | "mid-stream";

/** Where a fault inside a stream strikes. */
export interface InStream {
  readonly at?: "first-frame" | "mid-stream";
  /** Tokens sent before it strikes, 2 if not said; a shorter answer is struck at its end. */
  readonly afterTokens?: number;
}

/** Where a fault strikes that may also come before the headers. */
export interface Anywhere {
  readonly at?: FaultPlace;
  readonly afterTokens?: number;
}

/** What goes wrong; plain JSON, told apart by `kind`. */
export type FaultAction =
  | ({
      readonly kind: "exception";
      readonly exception: ExceptionName;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
      /** A code of the API's own, such as OpenAI's `insufficient_quota`; AWS has none. */
      readonly code?: string;
    } & Anywhere)
  | ({
      readonly kind: "in-band-error";
      readonly errorType?: string;
      readonly message?: string;
    } & InStream)
  | ({ readonly kind: "error-frame"; readonly code?: string; readonly message?: string } & InStream)
  | ({ readonly kind: "truncated-frame" } & InStream)
  | ({ readonly kind: "bad-crc" } & InStream)
  | ({ readonly kind: "clean-end" } & InStream)
  | ({ readonly kind: "unknown-event-type" } & InStream)
  | ({ readonly kind: "broken-json-body" } & InStream)
  | ({ readonly kind: "reset" } & Anywhere)
  | ({ readonly kind: "stall" } & Anywhere)
  | ({ readonly kind: "pause" } & Anywhere)
  | { readonly kind: "truncated-body" }
  | { readonly kind: "empty-body" }
  | { readonly kind: "html-503" }
  | {
      readonly kind: "split-frames";
      /** Size of every piece, or positions to cut at, or a seed for pieces of 1 to 64 bytes. */
      readonly pieceBytes?: number;
      readonly offsets?: readonly number[];
      readonly seed?: number;
    }
  | { readonly kind: "missing-metrics" }
  | { readonly kind: "missing-usage" }
  | { readonly kind: "missing-metrics-and-usage" }
  | { readonly kind: "metrics-differ" }
  | { readonly kind: "unknown-stop-reason" }
  | { readonly kind: "unknown-fields" };

/** The name of a fault. */
export type FaultKind = FaultAction["kind"];

/** Which calls a fault strikes; what is not said matches every call. */
export interface FaultRule {
  /** Without it a rule is about prompts, not about counting tokens or listing models. */
  readonly api?: ApiName;
  /** The id as called, or without its geographic prefix. */
  readonly modelId?: string;
  readonly region?: string;
  readonly operation?: Operation | "both";
  /** Only the n-th call (from 1) among those that match the rest. */
  readonly nthCall?: number;
  /** From the n-th matching call on … */
  readonly fromCall?: number;
  /** … and so many times. */
  readonly times?: number;
  readonly action: FaultAction;
}
