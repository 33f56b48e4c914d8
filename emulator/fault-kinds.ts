import type { FaultKind, FaultPlace } from "./fault-rule.ts";

/** Where a kind of fault may strike and what may be said about it. */
export interface FaultShape {
  /** Allowed places in whole answers, the usual one first; `throughout` has no place to choose. */
  readonly unary: readonly FaultPlace[] | "throughout";
  readonly stream: readonly FaultPlace[] | "throughout";
  /** Members of the action beyond `kind`, `at` and `afterTokens`. */
  readonly members: readonly string[];
}

const anywhere: readonly FaultPlace[] = ["mid-stream", "response", "first-frame"];
const inStream: readonly FaultPlace[] = ["mid-stream", "first-frame"];
const never: readonly FaultPlace[] = [];

const streamOnly = (...members: string[]): FaultShape => ({
  unary: never,
  stream: inStream,
  members,
});
const throughout: FaultShape = { unary: "throughout", stream: "throughout", members: [] };
const beforeHeaders: FaultShape = { unary: ["response"], stream: ["response"], members: [] };

/** The shape of every fault: what a rule may say about it and which operations it can strike. */
export const faultKinds: Readonly<Record<FaultKind, FaultShape>> = {
  exception: {
    unary: ["response"],
    stream: ["response", "first-frame", "mid-stream"],
    members: ["exception", "message", "retryAfterSeconds", "code"],
  },
  "in-band-error": streamOnly("errorType", "message"),
  "error-frame": streamOnly("code", "message"),
  "truncated-frame": streamOnly(),
  "bad-crc": streamOnly(),
  "clean-end": streamOnly(),
  "unknown-event-type": streamOnly(),
  "broken-json-body": { unary: "throughout", stream: inStream, members: [] },
  reset: { unary: anywhere, stream: anywhere, members: [] },
  stall: { unary: anywhere, stream: anywhere, members: [] },
  pause: { unary: anywhere, stream: anywhere, members: [] },
  "truncated-body": { unary: ["mid-stream"], stream: never, members: [] },
  "empty-body": beforeHeaders,
  "html-503": beforeHeaders,
  "split-frames": { ...throughout, members: ["pieceBytes", "offsets", "seed"] },
  "missing-metrics": throughout,
  "missing-usage": throughout,
  "missing-metrics-and-usage": throughout,
  "metrics-differ": throughout,
  "unknown-stop-reason": throughout,
  "unknown-fields": throughout,
};

/** Narrows any value to the name of a known fault. */
export function isFaultKind(kind: unknown): kind is FaultKind {
  return typeof kind === "string" && Object.hasOwn(faultKinds, kind);
}
