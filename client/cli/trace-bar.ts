import { type Hop, HopOutcome } from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/** How wide the whole call is. */
const width = 28;

/** An attempt on the call's time line, light while it waited and dark while it wrote. At least one cell, if it was made. */
export function traceBar(hop: Hop, totalMs: number): string {
  const { startMs, latencyMs, timeToFirstTokenMs, outcome } = hop;
  const cellAt = (ms: number) => Math.round((ms / totalMs) * width);
  const start = Math.min(cellAt(Number(startMs)), width - 1);
  const end = Math.max(cellAt(Number(startMs + latencyMs)), start + 1);
  if (outcome === HopOutcome.SKIPPED) return " ".repeat(width);
  // A whole answer wrote something, too, although it came at once.
  const last = outcome === HopOutcome.SUCCEEDED ? end - 1 : end;
  const first =
    timeToFirstTokenMs === undefined ? last : cellAt(Number(startMs + timeToFirstTokenMs));
  const waited = Math.max(Math.min(first, last) - start, 0);
  const cells = `${" ".repeat(start)}${"░".repeat(waited)}${"█".repeat(end - start - waited)}`;
  return cells.padEnd(width);
}
