import { once } from "node:events";
import { type Call, finishReply, startReply } from "./call.ts";
import type { FaultPlace } from "./fault-rule.ts";
import type { Fault } from "./faults.ts";
import { wholeHead } from "./reply-heads.ts";

/** Whether the answer goes on after a fault or is over. */
export type Verdict = "over" | "on";

/** How much of the answer was sent when a fault strikes. */
export interface Progress {
  readonly frames: number;
  readonly tokens: number;
}

const nothingSent: Progress = { frames: 0, tokens: 0 };
const htmlPage = "<html><body><h1>503 Service Unavailable</h1></body></html>";

/** Lets every fault strike that has this place; the first that ends the answer ends it. */
export async function strikeAt(call: Call, place: FaultPlace): Promise<Verdict> {
  for (const fault of call.faults) {
    if (fault.at === place && (await strike(call, fault, nothingSent)) === "over") return "over";
  }
  return "on";
}

/** Lets one fault strike, and writes it down before anything of it can be seen outside. */
export async function strike(call: Call, fault: Fault, progress: Progress): Promise<Verdict> {
  const { action } = fault;
  const { api, address, random } = call;
  if (action.kind === "pause") return pause(call, progress);
  call.record("fault", { fault: action.kind });
  switch (action.kind) {
    case "exception": {
      const exception = api.exception(action);
      if (fault.at === "response") throw exception;
      return endWith(call, api.framing.encodeRefusal(exception));
    }
    case "stall":
      return stall(call);
    case "reset":
      return reset(call, fault.at);
    case "html-503":
      return answerHtml(call);
    case "empty-body":
      startReply(call, address.operation === "stream" ? api.framing.head : wholeHead(0));
      return endWith(call);
    case "unknown-event-type": {
      const surprise = api.framing.encodeFault(action, address, random);
      if (surprise) await call.exchange.write(surprise);
      return "on";
    }
    case "truncated-body":
    case "clean-end":
      return endWith(call);
    default:
      return endWith(call, api.framing.encodeFault(action, address, random));
  }
}

async function answerHtml(call: Call): Promise<Verdict> {
  const headers = { "Content-Type": "text/html", "Content-Length": htmlPage.length };
  call.exchange.start({ status: 503, headers });
  return endWith(call, Buffer.from(htmlPage), 503);
}

async function endWith(call: Call, bytes?: Buffer, status = 200): Promise<Verdict> {
  if (bytes) await call.exchange.write(bytes);
  await finishReply(call, status);
  return "over";
}

/** What was written before is let out first, so that the peer can read it. */
async function reset(call: Call, place: Fault["at"]): Promise<Verdict> {
  if (place !== "response") await call.exchange.flush(Buffer.alloc(0));
  call.exchange.reset();
  return "over";
}

async function stall({ exchange: { signal } }: Call): Promise<never> {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
}

async function pause(call: Call, progress: Progress): Promise<Verdict> {
  const released = call.gate.wait(call.id, call.exchange.signal);
  call.record("paused", progress);
  await released;
  return "on";
}
