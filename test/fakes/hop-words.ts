import { type Hop, HopOutcome, HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";

function nameIn(names: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(names).find(([, known]) => known === value)?.[0] ?? String(value);
}

/** `FIRST`, `FAILOVER`, `RETRY` … */
export function reasonWord(reason: HopReason): string {
  return nameIn(HopReason, reason);
}

/** A hop in a line: `FIRST us-east-1 FAILED PROVIDER_THROTTLED`. */
export function hopWords({ reason, region, outcome, errorReason }: Hop): string {
  const words = [reasonWord(reason), region, nameIn(HopOutcome, outcome), errorReason];
  return words.filter(Boolean).join(" ");
}
