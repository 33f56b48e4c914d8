import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error.ts";
import type { AwsCall, AwsReply, AwsService, Mishap } from "./aws-service.ts";
import { type XmlContent, xmlElement } from "./xml.ts";

/** An operation of a query service: its parameters and where it was called, to the content of its result. */
export type QueryOperation = (
  parameters: URLSearchParams,
  call: AwsCall,
) => Exclude<XmlContent, string | number | boolean | undefined>;

/** A service that takes forms and answers XML: AWS Query (STS, IAM), or EC2's own kind of it. */
export interface QueryServiceOptions {
  readonly name: string;
  readonly dialect: "query" | "ec2";
  readonly namespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

const mishaps: Readonly<
  Record<QueryServiceOptions["dialect"], Record<Mishap, { code: string; status: number }>>
> = {
  query: {
    throttle: { code: "Throttling", status: 400 },
    "server-error": { code: "InternalFailure", status: 500 },
    "access-denied": { code: "AccessDenied", status: 403 },
  },
  ec2: {
    throttle: { code: "RequestLimitExceeded", status: 503 },
    "server-error": { code: "InternalError", status: 500 },
    "access-denied": { code: "UnauthorizedOperation", status: 403 },
  },
};

/** Creates a query service. */
export function createQueryService(options: QueryServiceOptions): AwsService {
  const { name, dialect, namespace, operations } = options;
  return {
    name,
    operationOf({ body }) {
      const action = new URLSearchParams(body.toString()).get("Action") ?? "";
      return Object.hasOwn(operations, action) ? action : undefined;
    },
    answer(call) {
      const { operation, request } = call;
      const run = operations[operation];
      if (!run) throw new AwsError("InvalidAction", `There is no ${operation}`);
      const result = run(new URLSearchParams(request.body.toString()), call);
      const requestId = randomUUID();
      const content =
        dialect === "ec2"
          ? { requestId, ...result }
          : { [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } };
      return xml(200, xmlElement(`${operation}Response`, content, `xmlns="${namespace}"`));
    },
    refusal({ code, message, status }) {
      const error = { Code: code, Message: message };
      const words =
        dialect === "ec2"
          ? xmlElement("Response", { Errors: { Error: error }, RequestID: randomUUID() })
          : xmlElement("ErrorResponse", {
              Error: { Type: status < 500 ? "Sender" : "Receiver", ...error },
              RequestId: randomUUID(),
            });
      return xml(status, words);
    },
    mishap: (kind) => mishaps[dialect][kind],
  };
}

/** The values of a list in a form: `Name.member.1`, or `Name.1` in EC2's dialect. */
export function listParameter(parameters: URLSearchParams, prefix: string): readonly string[] {
  const values: string[] = [];
  for (let index = 1; ; index += 1) {
    const value = parameters.get(`${prefix}.${index}`);
    if (value === null) return values;
    values.push(value);
  }
}

function xml(status: number, text: string): AwsReply {
  return { status, headers: { "Content-Type": "text/xml" }, body: Buffer.from(text) };
}
