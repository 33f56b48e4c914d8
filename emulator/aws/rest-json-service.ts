import type { ReceivedRequest } from "../exchange.ts";
import type { JsonObject } from "../json.ts";
import { AwsError } from "./aws-error.ts";
import type { AwsCall, AwsReply, AwsService, Mishap } from "./aws-service.ts";

/** An operation of a REST service: the label behind its path, decoded, and the query, to its output. */
export type RestOperation = (label: string, query: URLSearchParams, call: AwsCall) => JsonObject;

/** A service of GETs that answers JSON; the path is the operation, with or without a label behind it. */
export interface RestJsonServiceOptions {
  readonly name: string;
  /** By path: `/things` takes no label, `/things/` takes one. */
  readonly operations: Readonly<Record<string, readonly [name: string, run: RestOperation]>>;
}

const mishaps: Readonly<Record<Mishap, { code: string; status: number }>> = {
  throttle: { code: "ThrottlingException", status: 429 },
  "server-error": { code: "InternalServerException", status: 500 },
  "access-denied": { code: "AccessDeniedException", status: 403 },
};

/** Creates a service of AWS REST JSON (Bedrock's control plane, Artifact). */
export function createRestJsonService({ name, operations }: RestJsonServiceOptions): AwsService {
  const find = ({ method, path }: ReceivedRequest) => {
    const [bare = ""] = path.split("?", 1);
    if (method !== "GET") return undefined;
    if (operations[bare]) return { operation: operations[bare], label: "" };
    const root = Object.keys(operations).find(
      (each) => each.endsWith("/") && bare.startsWith(each),
    );
    const operation = operations[root ?? ""];
    return operation && { operation, label: decodeURIComponent(bare.slice(root?.length)) };
  };
  return {
    name,
    operationOf: (request) => find(request)?.operation[0],
    answer(call) {
      const found = find(call.request);
      if (!found) throw new AwsError("UnknownOperationException", "There is no such path", 404);
      const query = new URLSearchParams(call.request.path.split("?", 2)[1]);
      return reply(200, {}, found.operation[1](found.label, query, call));
    },
    refusal: ({ code, message, status }) =>
      reply(status, { "x-amzn-ErrorType": code }, { message }),
    mishap: (kind) => mishaps[kind],
  };
}

function reply(status: number, headers: Record<string, string>, json: JsonObject): AwsReply {
  const body = Buffer.from(JSON.stringify(json));
  return { status, headers: { "Content-Type": "application/json", ...headers }, body };
}
