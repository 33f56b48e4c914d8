import { create } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  ContentBlockSchema,
  type Message,
  MessageSchema,
  Role,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type FieldViolation, GatewayError } from "../core/error.ts";
import { conversationViolations } from "./conversation-rules.ts";
import { featureViolations } from "./feature-rules.ts";
import { routingViolations } from "./routing-rules.ts";
import { isLonger, violation } from "./violation.ts";

/**
 * Checks a request against the ranges that the contract states, and brings it into the one form that layers and
 * providers read: `messages` holds the conversation. Throws INVALID_ARGUMENT with every field that is wrong.
 */
export function normalizeRequest(request: CompleteRequest): CompleteRequest {
  const violations = [
    ...conversationViolations(request),
    ...samplingViolations(request),
    ...listViolations(request),
    ...featureViolations(request),
    ...routingViolations(request),
    ...textViolations(request),
  ];
  if (violations.length > 0) throw GatewayError.invalid(...violations.slice(0, mostViolations));
  if (request.prompt === "") return request;
  return { ...request, prompt: "", messages: [userMessage(request.prompt)] };
}

/** A request with a thousand mistakes gets a readable answer all the same. */
const mostViolations = 20;
const mostStopSequences = 16;
const longestStopSequence = 256;
const longestId = 256;
const longestModel = 2048;
const mostTags = 32;
const tagKey = /^[a-z0-9_.-]{1,63}$/;

function userMessage(text: string): Message {
  const block = create(ContentBlockSchema, { block: { case: "text", value: { text } } });
  return create(MessageSchema, { role: Role.USER, content: [block] });
}

function samplingViolations(request: CompleteRequest): FieldViolation[] {
  const { maxTokens, leastMaxTokens, temperature, topP, topK } = request;
  const found: FieldViolation[] = [];
  if (maxTokens !== undefined && maxTokens < 1)
    found.push(violation("max_tokens", "Must be at least 1."));
  if (
    leastMaxTokens !== undefined &&
    !(leastMaxTokens >= 1 && leastMaxTokens <= (maxTokens ?? leastMaxTokens))
  ) {
    found.push(violation("least_max_tokens", "Must be from 1 to max_tokens."));
  }
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

function listViolations({ stopSequences, tags }: CompleteRequest): FieldViolation[] {
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
