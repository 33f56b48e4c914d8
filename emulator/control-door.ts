import type { Exchange, ReceivedRequest } from "./exchange.ts";
import { isJsonObject, parseJson } from "./json.ts";
import { parsePacing } from "./pacing.ts";
import { parseFaultRule, parseFaultRules } from "./parse-fault-rules.ts";
import type { Steering } from "./steering.ts";

/** What a control request is answered with; becomes JSON. */
interface ControlReply {
  readonly status: number;
  readonly json: unknown;
}

type Control = (steering: Steering, body: unknown) => unknown;

const root = "/_emulator";

const controls: Readonly<Record<string, Control>> = {
  "GET /faults": ({ faults }) => faults,
  "PUT /faults": (steering, body) => {
    steering.setFaults(parseFaultRules(body));
    return steering.faults;
  },
  "POST /faults": (steering, body) => {
    steering.addFault(parseFaultRule(body));
    return steering.faults;
  },
  "DELETE /faults": (steering) => {
    steering.clearFaults();
    return steering.faults;
  },
  "GET /pacing": ({ pacing }) => pacing,
  "PUT /pacing": (steering, body) => {
    steering.setPacing(parsePacing(body));
    return steering.pacing;
  },
  "GET /journal": ({ journal }) => journal.entries,
  "DELETE /journal": ({ journal }) => {
    journal.clear();
    return journal.entries;
  },
  "POST /release": (steering, body) => {
    const callId = isJsonObject(body) ? body.callId : undefined;
    return { released: steering.release(typeof callId === "string" ? callId : undefined) };
  },
};

/** Says whether a path belongs to the control door; AWS has no such paths. */
export function isControlPath(path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

/**
 * Answers a control request, by which another process sets faults and pacing and reads the journal.
 * Nobody is asked who they are, so only loopback addresses are let in.
 */
export async function answerControl(
  steering: Steering,
  request: ReceivedRequest,
  exchange: Exchange,
): Promise<void> {
  const { status, json } = control(steering, request);
  const body = Buffer.from(`${JSON.stringify(json)}\n`);
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  try {
    exchange.start({ status, headers });
    await exchange.write(body);
    await exchange.end();
  } catch {
    exchange.reset();
  }
}

function control(steering: Steering, request: ReceivedRequest): ControlReply {
  if (!isLoopback(request.remoteAddress)) {
    return { status: 403, json: { error: "The control door is open to loopback only" } };
  }
  const name = `${request.method} ${request.path.slice(root.length)}`;
  const answer = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (!answer) {
    const known = Object.keys(controls).map((each) => each.replace(" ", ` ${root}`));
    return { status: 404, json: { error: `Unknown control; known are ${known.join(", ")}` } };
  }
  try {
    return { status: 200, json: answer(steering, parseJson(request.body.toString())) };
  } catch (error) {
    return { status: 400, json: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.replace(/^::ffff:/, "").startsWith("127.");
}
