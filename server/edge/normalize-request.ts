import { create } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  type ContentBlock,
  ContentBlockSchema,
  type Message,
  MessageSchema,
  Role,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type FieldViolation, GatewayError } from "../core/error.ts";

/**
 * Checks a request against the ranges that the contract states, and brings it into the one form that layers and
 * providers read: `messages` holds the conversation. Throws INVALID_ARGUMENT with every field that is wrong.
 */
export function normalizeRequest(request: CompleteRequest): CompleteRequest {
  const violations = [
    ...conversationViolations(request),
    ...samplingViolations(request),
    ...listViolations(request),
    ...choiceViolations(request),
    ...textViolations(request),
  ];
  if (violations.length > 0) throw GatewayError.invalid(...violations.slice(0, mostViolations));
  if (request.prompt === "") return request;
  return { ...request, prompt: "", messages: [userMessage(request.prompt)] };
}

/** A request with a thousand mistakes gets a readable answer all the same. */
const mostViolations = 20;
const mostMessages = 10_000;
const mostStopSequences = 16;
const longestStopSequence = 256;
const longestId = 256;
const longestModel = 2048;
const mostTags = 32;
const mostTools = 128;
const tagKey = /^[a-z0-9_.-]{1,63}$/;
const toolName = /^[a-zA-Z0-9_-]{1,64}$/;

function userMessage(text: string): Message {
  const block = create(ContentBlockSchema, { block: { case: "text", value: { text } } });
  return create(MessageSchema, { role: Role.USER, content: [block] });
}

function violation(field: string, description: string): FieldViolation {
  return { field, description };
}

/** Counts characters as people do, not UTF-16 units. */
function isLonger(text: string, limit: number): boolean {
  return text.length > limit && [...text.slice(0, 2 * limit + 1)].length > limit;
}

function conversationViolations({ prompt, messages }: CompleteRequest): FieldViolation[] {
  if (prompt !== "" && messages.length > 0) {
    return [violation("prompt", "Set either prompt or messages, not both.")];
  }
  if (prompt !== "") {
    return prompt.trim() === "" ? [violation("prompt", "Must be more than white space.")] : [];
  }
  if (messages.length === 0) return [violation("prompt", "Set prompt or messages.")];
  if (messages.length > mostMessages) {
    return [violation("messages", `At most ${mostMessages} messages.`)];
  }
  const turns = messages.flatMap(messageViolations);
  if (messages[0]?.role === Role.ASSISTANT) {
    turns.push(violation("messages[0].role", "The first message must be the user's."));
  }
  if (messages.at(-1)?.role === Role.ASSISTANT) {
    const last = `messages[${messages.length - 1}].role`;
    turns.push(violation(last, "The last message must be the user's."));
  }
  return turns;
}

function messageViolations({ role, content }: Message, index: number): FieldViolation[] {
  const path = `messages[${index}]`;
  const found = content.flatMap((block, at) => blockViolations(block, `${path}.content[${at}]`));
  if (role !== Role.USER && role !== Role.ASSISTANT) {
    found.push(violation(`${path}.role`, "Must be ROLE_USER or ROLE_ASSISTANT."));
  }
  if (content.length === 0)
    found.push(violation(`${path}.content`, "Must have at least one block."));
  return found;
}

function blockViolations({ block }: ContentBlock, path: string): FieldViolation[] {
  if (block.case === undefined) return [violation(path, "Must have one of its kinds set.")];
  if (block.case === "text" && block.value.text.trim() === "") {
    return [violation(`${path}.text`, "Must be more than white space.")];
  }
  return [];
}

function samplingViolations(request: CompleteRequest): FieldViolation[] {
  const { maxTokens, temperature, topP, topK } = request;
  const found: FieldViolation[] = [];
  if (maxTokens !== undefined && maxTokens < 1)
    found.push(violation("max_tokens", "Must be at least 1."));
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 2)) {
    found.push(violation("temperature", "Must be from 0 to 2."));
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    found.push(violation("top_p", "Must be above 0 and at most 1."));
  }
  if (topK !== undefined && !(topK >= 1 && topK <= 500)) {
    found.push(violation("top_k", "Must be from 1 to 500."));
  }
  return found;
}

function listViolations({ stopSequences, tags, tools }: CompleteRequest): FieldViolation[] {
  const found: FieldViolation[] = [];
  if (stopSequences.length > mostStopSequences) {
    found.push(violation("stop_sequences", `At most ${mostStopSequences}.`));
  }
  for (const [index, stop] of stopSequences.entries()) {
    if (stop.trim() === "" || isLonger(stop, longestStopSequence)) {
      const rule = `Must be 1 to ${longestStopSequence} characters and more than white space.`;
      found.push(violation(`stop_sequences[${index}]`, rule));
    }
  }
  if (Object.keys(tags).length > mostTags) found.push(violation("tags", `At most ${mostTags}.`));
  for (const [key, value] of Object.entries(tags)) {
    if (!tagKey.test(key) || isLonger(value, longestId)) {
      const rule = `Keys are 1 to 63 characters from a-z 0-9 _ . -, values at most ${longestId} characters.`;
      found.push(violation("tags", rule));
    }
  }
  if (tools.length > mostTools) found.push(violation("tools", `At most ${mostTools}.`));
  for (const [index, { name }] of tools.entries()) {
    if (!toolName.test(name)) {
      found.push(
        violation(`tools[${index}].name`, "Must be 1 to 64 characters from a-z A-Z 0-9 _ -."),
      );
    }
  }
  if (new Set(tools.map(({ name }) => name)).size < tools.length) {
    found.push(violation("tools", "Names must differ."));
  }
  return found;
}

function choiceViolations({ toolChoice, responseFormat }: CompleteRequest): FieldViolation[] {
  const rule = "Must have one of its kinds set.";
  const found: FieldViolation[] = [];
  if (toolChoice && !toolChoice.choice.case) found.push(violation("tool_choice", rule));
  if (responseFormat && !responseFormat.format.case) found.push(violation("response_format", rule));
  return found;
}

function textViolations(request: CompleteRequest): FieldViolation[] {
  const limits = [
    ["model", request.model, longestModel],
    ["provider", request.provider, 64],
    ["user", request.user, longestId],
    ["conversation_id", request.conversationId, longestId],
  ] as const;
  return limits
    .filter(([, text, limit]) => isLonger(text, limit))
    .map(([field, , limit]) => violation(field, `At most ${limit} characters.`));
}
