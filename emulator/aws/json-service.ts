import { isJsonObject, type JsonObject, parseJson } from "../json.ts";
import { invalidRequest } from "./aws-error.ts";
import type { AwsCall, AwsReply, AwsService, Mishap } from "./aws-service.ts";

/** An operation of a JSON service: its input and where it was called, to its output. */
export type JsonOperation = (input: JsonObject, call: AwsCall) => JsonObject;

/** A service that speaks AWS JSON 1.1: one path, the operation in `X-Amz-Target`. */
export interface JsonServiceOptions {
  readonly name: string;
  /** What stands before the operation in `X-Amz-Target`, such as `TrentService`. */
  readonly target: string;
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

const mishaps: Readonly<Record<Mishap, { code: string; status: number }>> = {
  throttle: { code: "ThrottlingException", status: 400 },
  "server-error": { code: "InternalFailure", status: 500 },
  "access-denied": { code: "AccessDeniedException", status: 400 },
};

/** Creates a service of AWS JSON 1.1 (KMS, CloudTrail, CloudWatch Logs). */
export function createJsonService({ name, target, operations }: JsonServiceOptions): AwsService {
  return {
    name,
    operationOf({ headers }) {
      const [prefix, operation = ""] = (headers["x-amz-target"] ?? "").split(".", 2);
      return prefix === target && Object.hasOwn(operations, operation) ? operation : undefined;
    },
    answer(call) {
      const input = parseJson(call.request.body.toString() || "{}");
      if (!isJsonObject(input))
        throw invalidRequest("The body is no JSON", "SerializationException");
      return jsonReply(200, operations[call.operation]?.(input, call) ?? {});
    },
    refusal: ({ code, message, status }) => jsonReply(status, { __type: code, message }),
    mishap: (kind) => mishaps[kind],
  };
}

function jsonReply(status: number, output: JsonObject): AwsReply {
  const body = Buffer.from(JSON.stringify(output));
  return { status, headers: { "Content-Type": "application/x-amz-json-1.1" }, body };
}
