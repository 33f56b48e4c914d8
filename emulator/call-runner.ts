import { randomUUID } from "node:crypto";
import { answerCall, answerException } from "./answer-call.ts";
import { type Authenticate, signingRegion } from "./authenticate.ts";
import { BedrockException } from "./bedrock-exception.ts";
import type { Call } from "./call.ts";
import { type CallAddress, parseCallAddress } from "./call-address.ts";
import type { Exchange, ReceivedRequest } from "./exchange.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Gate } from "./gate.ts";
import type { WritableJournal } from "./journal.ts";
import { createPacer, type Pacing } from "./pacing.ts";
import { refuse } from "./refuse.ts";
import type { RequestLog } from "./request-log.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { splitWrites } from "./split-writes.ts";

/** What calls share: who may call, what goes wrong, and where it is written down. */
export interface CallRunnerOptions {
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly gate: Gate;
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
    const region = signingRegion(request.headers);
    let address: CallAddress;
    try {
      address = parseCallAddress(request.method, request.path, region);
    } catch (error) {
      return refuse(exchange, error);
    }
    const call = beginCall(options, calls, address, request, exchange);
    await settleCall(call, options, async () => {
      options.authenticate(request);
      const fault = options.faults.take(address);
      await answerCall(withFaults(call, fault, options.pacing()), request.body);
    });
  };
}

function beginCall(
  { gate, journal, log, pacing }: CallRunnerOptions,
  number: number,
  address: CallAddress,
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
    address,
    exchange,
    faults: [],
    gate,
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
    if (!(error instanceof BedrockException)) log(`${call.id} failed: ${error}`);
    await answerFailure(call, error).catch(() => call.exchange.reset());
  }
}

function answerFailure(call: Call, error: unknown): Promise<void> {
  const isRefusal = error instanceof BedrockException;
  return answerException(call, isRefusal ? error : new BedrockException("InternalServerException"));
}
