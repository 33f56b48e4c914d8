import { randomUUID } from "node:crypto";
import { answerCall, answerRefusal } from "./answer-call.ts";
import type { PromptCache } from "./answers/prompt-cache.ts";
import type { Api } from "./api.ts";
import { BedrockException } from "./bedrock-exception.ts";
import type { Call } from "./call.ts";
import type { CallAddress } from "./call-address.ts";
import type { Exchange, ReceivedRequest } from "./exchange.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Gate } from "./gate.ts";
import type { WritableJournal } from "./journal.ts";
import { createPacer, type Pacing } from "./pacing.ts";
import { refuse } from "./refuse.ts";
import type { RequestLog } from "./request-log.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { splitWrites } from "./split-writes.ts";

/** What calls share: what is spoken, what goes wrong, and where it is written down. */
export interface CallRunnerOptions {
  /** The first that knows a path answers it. */
  readonly apis: readonly Api[];
  readonly faults: Faults;
  readonly gate: Gate;
  readonly cache: PromptCache;
  readonly journal: WritableJournal;
  readonly requestLog: RequestLog;
  /** Read anew for every call. */
  readonly pacing: () => Pacing;
  readonly log: (line: string) => void;
}

/** Answers one request; resolves when the answer is finished or nobody waits for it any more. */
export type RunCall = (request: ReceivedRequest, exchange: Exchange) => Promise<void>;

/** Creates the path of a call: address, journal, authentication, fault, answer. */
export function createCallRunner(options: CallRunnerOptions): RunCall {
  let calls = 0;
  return async (request, exchange) => {
    calls += 1;
    options.requestLog.add({ ...request, callId: `call-${calls}` });
    const addressed = findApi(options.apis, request, exchange);
    if (addressed instanceof Promise) return addressed;
    const { api, address } = addressed;
    const call = beginCall(options, calls, addressed, request, exchange);
    await settleCall(call, options, async () => {
      api.authenticate(request);
      const fault = options.faults.take(address);
      await answerCall(withFaults(call, fault, options.pacing()), request);
    });
  };
}

/** An API with the address that it found in a request. */
interface Addressed {
  readonly api: Api;
  readonly address: CallAddress;
}

/** A path that nobody knows, or that its API finds broken, is refused and never becomes a call. */
function findApi(
  apis: readonly Api[],
  request: ReceivedRequest,
  exchange: Exchange,
): Addressed | Promise<void> {
  for (const api of apis) {
    try {
      const address = api.parseAddress(request);
      if (address) return { api, address };
    } catch (error) {
      return refuse(exchange, api.refusal(error), api.requestIdHeader);
    }
  }
  return refuse(exchange, new BedrockException("UnknownOperationException").refusal);
}

function beginCall(
  { cache, gate, journal, log, pacing }: CallRunnerOptions,
  number: number,
  { api, address }: Addressed,
  { httpVersion }: ReceivedRequest,
  exchange: Exchange,
): Call {
  const identity = { callId: `call-${number}`, requestId: randomUUID(), httpVersion, ...address };
  const record: Call["record"] = (kind, details) => {
    journal.record({ kind, ...identity, ...details });
    if (kind === "completed" || kind === "aborted") {
      const outcome = details?.status ?? `by ${details?.by}`;
      log(`${identity.callId} ${address.operation} ${address.modelId} ${kind} ${outcome}`);
    }
  };
  record("request");
  const recordAbort = () => record("aborted", { by: exchange.signal.reason });
  if (exchange.signal.aborted) recordAbort();
  else exchange.signal.addEventListener("abort", recordAbort, { once: true });
  return {
    id: identity.callId,
    requestId: identity.requestId,
    api,
    address,
    exchange,
    faults: [],
    gate,
    cache,
    pacer: createPacer(pacing(), exchange.signal),
    random: createSeededRandom(number),
    startedAtMs: performance.now(),
    record,
  };
}

/** Adds the pause that the pacing asks for, and cuts writes up when the fault is about that. */
function withFaults(call: Call, fault: Fault | undefined, { pauseAfterTokens }: Pacing): Call {
  const faults: Fault[] = fault ? [fault] : [];
  if (pauseAfterTokens !== undefined) {
    faults.push({
      action: { kind: "pause" },
      at: "mid-stream",
      afterTokens: pauseAfterTokens,
    });
  }
  const isSplit = fault?.action.kind === "split-frames";
  const exchange = isSplit ? splitWrites(call.exchange, fault.action) : call.exchange;
  return { ...call, exchange, faults };
}

/** Runs the answer and ends it whatever happens; after an abort there is nobody left to tell. */
async function settleCall(
  call: Call,
  { log }: CallRunnerOptions,
  answer: () => Promise<void>,
): Promise<void> {
  try {
    await answer();
  } catch (error) {
    if (call.exchange.signal.aborted) return;
    if (!call.api.knows(error)) log(`${call.id} failed: ${error}`);
    await answerRefusal(call, error).catch(() => call.exchange.reset());
  }
}
