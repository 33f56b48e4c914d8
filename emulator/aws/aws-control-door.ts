import type { Exchange, ReceivedRequest } from "../exchange.ts";
import { parseJson } from "../json.ts";
import type { AwsSteering } from "./aws.ts";
import { parseAwsFaultRule, parseAwsFaultRules } from "./aws-faults.ts";

/** Where it is at an AWS of its own; within another emulator it has a place of its own. */
const ownRoot = "/_emulator";

const controls: Readonly<Record<string, (steering: AwsSteering, body: unknown) => unknown>> = {
  "GET /faults": ({ faults }) => faults,
  "PUT /faults"(steering, body) {
    steering.setFaults(parseAwsFaultRules(body));
    return steering.faults;
  },
  "POST /faults"(steering, body) {
    steering.addFault(parseAwsFaultRule(body));
    return steering.faults;
  },
  "DELETE /faults"(steering) {
    steering.clearFaults();
    return steering.faults;
  },
  "GET /account": ({ account }) => account,
  "PUT /account"(steering, body) {
    return Object.assign(steering.account, body);
  },
  "GET /calls": ({ calls }) =>
    calls.map(({ service, operation, region, status }) => ({ service, operation, region, status })),
};

/**
 * Answers a control request, by which another process sets faults and changes the account (member by
 * member, each as a whole). Nobody is asked who they are, so only loopback addresses are let in.
 */
export async function answerAwsControl(
  steering: AwsSteering,
  request: ReceivedRequest,
  exchange: Exchange,
  root = ownRoot,
): Promise<void> {
  const { status, json } = control(steering, request, root);
  const body = Buffer.from(`${JSON.stringify(json)}\n`);
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  await exchange.finish({ status, headers }, body);
}

function control(
  steering: AwsSteering,
  { method, path, body, remoteAddress }: ReceivedRequest,
  root: string,
) {
  const isLoopback = /^(?:::1$|(?:::ffff:)?127\.)/.test(remoteAddress);
  if (!isLoopback) return { status: 403, json: { error: "Open to loopback only" } };
  const name = `${method} ${path.slice(root.length)}`;
  const answer = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (!answer) {
    const known = Object.keys(controls).map((each) => each.replace(" ", ` ${root}`));
    return { status: 404, json: { error: `Unknown control; known are ${known.join(", ")}` } };
  }
  try {
    return { status: 200, json: answer(steering, parseJson(body.toString())) };
  } catch (error) {
    return { status: 400, json: { error: error instanceof Error ? error.message : String(error) } };
  }
}
