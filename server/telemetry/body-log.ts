import { endpointName } from "../core/call.ts";
import { GatewayError, reasonName } from "../core/error.ts";
import { type Ending, tapEvents } from "../core/events.ts";
import type { Handler, Layer } from "../core/layer.ts";
import type { Log } from "../core/log.ts";
import { type PrintedAnswer, printAnswer } from "../core/printed-answer.ts";
import { printRequest } from "../core/printed-request.ts";
import type { Reply } from "../core/reply.ts";
import type { ScreenedCall } from "../core/screened-call.ts";
import { finishWord } from "./attempt-attributes.ts";

/** The most characters of one request, or of one answer, that a log line holds. */
const mostPrinted = 65_536;

export interface BodyLogOptions {
  readonly log: Log;
  /** Whether anybody wants to read it (`LOG_LEVEL=debug`). */
  readonly isOn: boolean;
}

/**
 * Writes what models were asked and what they answered, after policies have taken personal data out of both. When it is
 * off the layer is not there.
 */
export function bodyLog({ log, isOn }: BodyLogOptions): Layer<ScreenedCall> {
  return { name: "bodyLog", wrap: (next) => (isOn ? logging(next, log) : next) };
}

function logging(next: Handler<ScreenedCall>, log: Log): Handler<ScreenedCall> {
  return async (call) => {
    const { id: requestId, principal, delivery, request } = call;
    const about = { requestId, principal: principal.name, delivery };
    log.debug(
      { ...about, request: printRequest(request, mostPrinted) },
      "a request, as a model gets it",
    );
    try {
      return watched(await next(call), requestId, log);
    } catch (error) {
      log.debug({ requestId, ...failureOf(error) }, "no answer");
      throw error;
    }
  };
}

function watched(reply: Reply, requestId: string, log: Log): Reply {
  const print = printAnswer(mostPrinted);
  const facts = { requestId, endpoint: endpointName(reply.endpoint), replayOf: reply.replayOf };
  const end = (ending: Ending) => {
    const failure = ending.kind === "failed" ? failureOf(ending.error) : {};
    log.debug(
      { ...facts, ending: ending.kind, ...failure, answer: print.blocks(), ...endOf(print) },
      "an answer, as policies left it",
    );
  };
  return { ...reply, events: tapEvents(reply.events, { event: print.see, end }) };
}

function endOf({ completed }: PrintedAnswer) {
  if (!completed) return {};
  const { finishReason, providerFinishReason, usage, redactions } = completed;
  const { inputTokens, outputTokens } = usage ?? {};
  return {
    finishReason: finishWord(finishReason),
    providerFinishReason,
    usage: { inputTokens, outputTokens },
    redactions: redactions.map(({ entity, count }) => ({ entity, count })),
  };
}

/** By name only: a message may say what a model said. */
function failureOf(error: unknown) {
  return { reason: reasonName(GatewayError.from(error).reason) };
}
