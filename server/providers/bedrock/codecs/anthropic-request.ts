import {
  type CompleteRequest,
  type ContentBlock,
  type Message,
  Role,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import { type FieldViolation, GatewayError } from "../../../core/error.ts";

/** Bedrock wants the version in the body, and neither `model` nor `stream` (AWS: Claude Messages request). */
const anthropicVersion = "bedrock-2023-05-31";

/** How long an answer may be when the caller does not say and the catalogue knows no lower limit. */
const defaultMaxTokens = 4096;

/** The Messages body for a request. */
export function encodeAnthropic(request: CompleteRequest, endpoint: Endpoint): string {
  refuseUnsupported(request);
  refuseOutOfRange(request, endpoint);
  const modelLimit = endpoint.maxOutputTokens ?? defaultMaxTokens;
  return JSON.stringify({
    anthropic_version: anthropicVersion,
    max_tokens: request.maxTokens ?? Math.min(defaultMaxTokens, modelLimit),
    messages: request.messages.map(encodeMessage),
    system: request.system || undefined,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop_sequences: request.stopSequences.length > 0 ? request.stopSequences : undefined,
  });
}

function encodeMessage({ role, content }: Message, index: number) {
  return {
    role: role === Role.ASSISTANT ? "assistant" : "user",
    content: content.map((block, at) => encodeBlock(block, `messages[${index}].content[${at}]`)),
  };
}

function encodeBlock({ block }: ContentBlock, path: string) {
  if (block.case === "text") return { type: "text", text: block.value.text };
  throw GatewayError.notSupported(
    `${path}.${snakeCase(block.case ?? "block")}`,
    "Blocks of this kind",
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function refuseUnsupported(request: CompleteRequest): void {
  if (request.tools.length > 0) throw GatewayError.notSupported("tools", "Tools");
  if (request.toolChoice) throw GatewayError.notSupported("tool_choice", "Tools");
  if (request.responseFormat?.format.case === "jsonSchema") {
    throw GatewayError.notSupported("response_format.json_schema", "JSON-schema answers");
  }
}

function refuseOutOfRange(request: CompleteRequest, { maxOutputTokens, model }: Endpoint): void {
  const violations: FieldViolation[] = [];
  if (request.temperature !== undefined && request.temperature > 1) {
    violations.push({ field: "temperature", description: "Claude takes 0 to 1." });
  }
  if (request.seed !== undefined) {
    violations.push({ field: "seed", description: "Claude has no seed. Leave the field out." });
  }
  if (maxOutputTokens !== undefined && (request.maxTokens ?? 0) > maxOutputTokens) {
    const description = `${model} writes at most ${maxOutputTokens} tokens. Ask for that many or fewer.`;
    violations.push({ field: "max_tokens", description });
  }
  if (violations.length > 0) throw GatewayError.invalid(...violations);
}
