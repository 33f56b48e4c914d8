import { Code, GatewayCallError } from "../sdk/node.ts";

/** One readable block about anything that was thrown: what happened, the facts, and what to do. */
export function failureText(error: unknown, url: string): string {
  if (!(error instanceof GatewayCallError)) {
    return `axonflow: ${error instanceof Error ? error.message : error}`;
  }
  const { message, violations, requestId, helpUrl } = error;
  const status = new Set([codeName(error.code), error.reason ?? codeName(error.code)]);
  const facts = Object.entries(error.metadata).filter(([, value]) => value);
  const fields = violations.map(({ field, description }) => `${field}: ${description}`);
  return [
    `axonflow: ${message}`,
    `status: ${[...status].join(", ")}`,
    ...fields.filter((line) => !message.includes(line)),
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(requestId ? [`request id: ${requestId}`] : []),
    ...adviceFor(error, url),
    ...(helpUrl ? [`help: ${helpUrl}`] : []),
  ].join("\n  ");
}

/** The name that gRPC has for a code: `NotFound` is NOT_FOUND. */
function codeName(code: Code): string {
  if (code === Code.Canceled) return "CANCELLED";
  return Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

/** What to do next at the command line; the gateway's message has said the rest. */
function adviceFor({ code, reason, retryAfterMs }: GatewayCallError, url: string): string[] {
  const advice: string[] = [];
  if (retryAfterMs !== undefined) advice.push(`ask again in ${retryAfterMs / 1000} s`);
  if (code === Code.Unauthenticated) {
    advice.push("set AXONFLOW_LICENSE_KEY, or give --license-key-file");
  }
  if (reason === "MODEL_NOT_FOUND") advice.push("`axonflow models` lists the models");
  if (code === Code.DeadlineExceeded) {
    advice.push("allow more time with --timeout-ms, or ask for fewer tokens with --max-tokens");
  }
  if (reason === undefined) {
    advice.push(`is there a gateway at ${url}? \`axonflow serve\` runs one`);
    advice.push("gRPC has a port of its own; --transport connect and grpc-web go to the HTTP port");
  }
  return advice.map((line) => `what to do: ${line}`);
}
