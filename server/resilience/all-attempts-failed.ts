import { Code } from "@connectrpc/connect";
import { type Hop, HopOutcome } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../core/error.ts";

/**
 * The error of a call whose every endpoint failed or was skipped. One attempt's error stays what it is. So does one that
 * every attempt ended in and that is not mere unavailability: throttled everywhere is throttled, denied everywhere is
 * denied. Everything else is UNAVAILABLE, with each hop and the shortest wait that any of them told.
 */
export function allAttemptsFailed(
  errors: readonly [GatewayError, ...GatewayError[]],
  hops: readonly Hop[],
): GatewayError {
  const made = hops.filter(({ outcome }) => outcome !== HopOutcome.SKIPPED);
  const first = errors.find(({ reason }) => reason !== ErrorReason.CIRCUIT_OPEN) ?? errors[0];
  if (made.length === 1) return first.with({ hops });
  const told = { hops, ...shortestWait(errors) };
  const isOne = made.every(({ errorReason }) => errorReason === made[0]?.errorReason);
  if (made.length === 0 || (isOne && first.code !== Code.Unavailable)) return first.with(told);
  const { remedy } = errors.find(({ metadata }) => metadata.remedy)?.metadata ?? {};
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.ALL_ATTEMPTS_FAILED,
    `All ${made.length} attempts failed: ${listOf(made)}. Ask again later, or ask another model.`,
    { ...told, cause: errors.at(-1)?.cause, ...(remedy && { metadata: { remedy } }) },
  );
}

function shortestWait(errors: readonly GatewayError[]): { retryAfterMs?: number } {
  const waits = errors.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return waits.length > 0 ? { retryAfterMs: Math.min(...waits) } : {};
}

/** Each place with its reason, those that say the same once: `bedrock in us-east-1 (PROVIDER_UNAVAILABLE, twice)`. */
function listOf(hops: readonly Hop[]): string {
  const counts = new Map<string, number>();
  for (const { provider, region, errorReason } of hops) {
    const line = `${provider} in ${region} (${errorReason}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `${line}${timesOf(count)})`).join(", ");
}

function timesOf(count: number): string {
  if (count === 1) return "";
  return count === 2 ? ", twice" : `, ${count} times`;
}
