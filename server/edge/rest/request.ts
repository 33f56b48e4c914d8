import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  CompleteRequestSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../core/error.ts";
import { malformedRequest, tooLarge } from "../errors.ts";
import { type HttpRequest, headerOf } from "../http/exchange.ts";
import { limitChunks } from "../http/limit-chunks.ts";

/** A REST body, read. */
export interface RestRequest {
  readonly request: CompleteRequest;
  /** Whether the answer is wanted as server-sent events. */
  readonly stream: boolean;
}

/** Reads and checks the JSON body of `POST /v1/complete`; field names are the contract's, in snake_case. */
export async function readRestRequest(
  request: HttpRequest,
  limitBytes: number,
): Promise<RestRequest> {
  const json = parseObject(await readBody(request, limitBytes));
  const { stream = false, ...rest } = json;
  if (typeof stream !== "boolean") throw malformedRequest("stream must be true or false.");
  try {
    return { request: fromJson(CompleteRequestSchema, friendly(rest) as JsonValue), stream };
  } catch (error) {
    throw malformedRequest(`The body does not fit the contract: ${fieldOf(error)}.`);
  }
}

async function readBody(request: HttpRequest, limitBytes: number): Promise<string> {
  if (Number(headerOf(request, "content-length") ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of limitChunks(request, limitBytes, () => tooLarge(limitBytes))) {
      chunks.push(chunk);
    }
  } catch (error) {
    // What breaks off in the midst of a body is the connection.
    throw error instanceof GatewayError ? error : GatewayError.cancelled();
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject(body: string): { [name: string]: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw malformedRequest("The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformedRequest('The body must be a JSON object such as {"prompt": "…"}.');
  }
  return value as { [name: string]: unknown };
}

type Json = { readonly [name: string]: unknown };

/** Besides the contract's own JSON, what everybody writes: `"service_tier": "flex"`, and messages as below. */
function friendly(request: Json): Json {
  const { messages, service_tier: tier, latency_profile: profile, reasoning } = request;
  const { effort, ...budget } = Object(reasoning) as Json;
  return {
    ...request,
    ...(messages !== undefined && { messages: friendlyMessages(messages) }),
    ...(tier !== undefined && { service_tier: enumName("SERVICE_TIER", tier) }),
    ...(profile !== undefined && { latency_profile: enumName("LATENCY_PROFILE", profile) }),
    ...(effort !== undefined && {
      reasoning: { ...budget, effort: enumName("REASONING_EFFORT", effort) },
    }),
  };
}

/** `flex` for `SERVICE_TIER_FLEX`; what is not written so stays as it is. */
function enumName(prefix: string, value: unknown): unknown {
  const isShort = typeof value === "string" && /^[a-z]+$/.test(value);
  return isShort ? `${prefix}_${value.toUpperCase()}` : value;
}

/** `{"role": "user", "content": "…"}`. */
function friendlyMessages(messages: unknown): unknown {
  if (!Array.isArray(messages)) return messages;
  return messages.map((message: unknown) => {
    if (typeof message !== "object" || message === null) return message;
    const { role, content, ...rest } = message as Json;
    return {
      ...rest,
      ...(role !== undefined && { role: roleNames.get(role) ?? role }),
      ...(content !== undefined && {
        content: typeof content === "string" ? [{ text: { text: content } }] : content,
      }),
    };
  });
}

const roleNames = new Map<unknown, string>([
  ["user", "ROLE_USER"],
  ["assistant", "ROLE_ASSISTANT"],
]);

/** protobuf-es names the field that does not fit; what stood in it is not repeated. */
function fieldOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const unknownKey = /key "(?<key>[^"]{1,64})" is unknown/.exec(message)?.groups?.key;
  if (unknownKey) return `there is no field ${unknownKey}`;
  const field = /field (?<field>[\w.]{1,128}) from JSON/.exec(message)?.groups?.field;
  return field
    ? `${field.split(".").at(-1)} has the wrong type or is out of range`
    : "a field has the wrong type";
}
