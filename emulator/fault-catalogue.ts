import { exceptionNames } from "./exceptions.ts";
import { faultKinds } from "./fault-kinds.ts";
import type { FaultAction, FaultKind, FaultPlace, FaultRule } from "./fault-rule.ts";

/** One way in which an answer can go wrong, as a rule for the operations in which it can. */
export interface FaultCatalogueEntry {
  readonly name: string;
  readonly unary?: FaultRule;
  readonly stream?: FaultRule;
}

const places: readonly FaultPlace[] = ["response", "first-frame", "mid-stream"];

const placedKinds = [
  "reset",
  "stall",
  "pause",
  "in-band-error",
  "error-frame",
  "truncated-frame",
  "bad-crc",
  "clean-end",
  "unknown-event-type",
] as const satisfies readonly FaultKind[];

const plainActions: readonly FaultAction[] = [
  { kind: "truncated-body" },
  { kind: "empty-body" },
  { kind: "html-503" },
  { kind: "missing-metrics" },
  { kind: "missing-usage" },
  { kind: "missing-metrics-and-usage" },
  { kind: "metrics-differ" },
  { kind: "unknown-stop-reason" },
  { kind: "unknown-fields" },
  { kind: "broken-json-body" },
];

/**
 * Every fault the emulator knows, at every place where it can strike: a table for tests to go
 * through, so that a fault added here is tested wherever the table is.
 */
export const faultCatalogue: readonly FaultCatalogueEntry[] = [
  ...exceptionNames.flatMap((exception) =>
    places.map((at) => entry(`${exception} ${at}`, { kind: "exception", exception, at }, at)),
  ),
  ...placedKinds.flatMap((kind) =>
    places
      .filter((at) => faultKinds[kind].stream.includes(at))
      .map((at) => entry(`${kind} ${at}`, { kind, at } as FaultAction, at)),
  ),
  ...plainActions.map((action) => entry(action.kind, action)),
  entry("split-frames into single bytes", { kind: "split-frames", pieceBytes: 1 }),
  entry("split-frames at random", { kind: "split-frames", seed: 1 }),
  entry("split-frames in the prelude", { kind: "split-frames", offsets: [1, 6, 13] }),
];

function entry(name: string, action: FaultAction, at?: FaultPlace): FaultCatalogueEntry {
  const { unary, stream } = faultKinds[action.kind];
  const strikes = (allowed: readonly FaultPlace[] | "throughout") =>
    allowed === "throughout" || (at === undefined ? allowed.length > 0 : allowed.includes(at));
  return {
    name,
    ...(strikes(unary) && { unary: { operation: "unary", action } }),
    ...(strikes(stream) && { stream: { operation: "stream", action } }),
  };
}
