import type { PromptCache } from "./answers/prompt-cache.ts";
import type { Api } from "./api.ts";
import type { CallAddress } from "./call-address.ts";
import type { Exchange, ReplyHead } from "./exchange.ts";
import type { Fault } from "./faults.ts";
import type { Gate } from "./gate.ts";
import type { JournalDetails, JournalKind } from "./journal.ts";
import type { Pacer } from "./pacing.ts";
import type { RandomNumber } from "./seeded-random.ts";

/** One call being answered, with everything its answer depends on. */
export interface Call {
  readonly id: string;
  readonly requestId: string;
  readonly api: Api;
  readonly address: CallAddress;
  readonly exchange: Exchange;
  /** The fault that was due for this call, and a pause if the pacing asks for one. */
  readonly faults: readonly Fault[];
  readonly gate: Gate;
  readonly cache: PromptCache;
  readonly pacer: Pacer;
  /** Repeats from run to run: seeded by the number of the call. */
  readonly random: RandomNumber;
  readonly startedAtMs: number;
  record(kind: JournalKind, details?: JournalDetails): void;
}

/** Sends status and headers, always with the request id that the provider's support would ask for. */
export function startReply(call: Call, head: ReplyHead): void {
  call.exchange.start(identified(call, head));
}

/** Sends a whole answer at once, and writes its end down. */
export async function finishAtOnce(call: Call, head: ReplyHead, body: Buffer): Promise<void> {
  await call.exchange.finish(identified(call, head), body);
  call.record("completed", { status: head.status });
}

function identified(call: Call, { status, headers }: ReplyHead): ReplyHead {
  return { status, headers: { ...headers, [call.api.requestIdHeader]: call.requestId } };
}

/** Ends the answer cleanly and writes that down. */
export async function finishReply(call: Call, status = 200): Promise<void> {
  await call.exchange.end();
  call.record("completed", { status });
}

/** Whole milliseconds since the call arrived, at least one. */
export function elapsedMs(call: Call): number {
  return Math.max(1, Math.round(performance.now() - call.startedAtMs));
}
