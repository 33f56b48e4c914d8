import {
  type CompleteRequest,
  type ContentBlock,
  LatencyProfile,
  ServiceTier,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import { type FieldViolation, GatewayError } from "../../core/error.ts";
import { checkRequest } from "../check-request.ts";
import { reasoningWishOf } from "../codec-parts/reasoning-wish.ts";
import { openAiAccepts } from "./accepts.ts";
import { dialectOf } from "./dialect.ts";
import { isReadable } from "./document-part.ts";

/** A readable answer even to a conversation of a thousand documents. */
const mostViolations = 20;

/** Refuses, before anything is sent, what the contract has and OpenAI, or this model of it, does not. */
export function checkOpenAiRequest(request: CompleteRequest, endpoint: Endpoint): void {
  checkRequest(request, endpoint, openAiAccepts);
  const violations = [
    ...optionViolations(request),
    ...reasoningViolations(request, endpoint),
    ...samplingViolations(request),
    ...contentViolations(request),
  ];
  if (violations.length > 0) throw GatewayError.invalid(...violations.slice(0, mostViolations));
}

function optionViolations({
  guardrail,
  latencyProfile,
  serviceTier,
}: CompleteRequest): FieldViolation[] {
  const found: FieldViolation[] = [];
  if (guardrail) {
    // Left out, the call would go unguarded although it asks to be guarded.
    const description =
      "OpenAI has no Bedrock guardrails. Leave it out, or ask a model on Bedrock.";
    found.push({ field: "guardrail", description });
  }
  if (latencyProfile === LatencyProfile.OPTIMIZED) {
    const description = "OpenAI has none but the standard one. Ask for the priority tier instead.";
    found.push({ field: "latency_profile", description });
  }
  if (serviceTier === ServiceTier.RESERVED) {
    const description = "OpenAI chooses reserved capacity itself. Leave it out.";
    found.push({ field: "service_tier", description });
  }
  return found;
}

function reasoningViolations(request: CompleteRequest, endpoint: Endpoint): FieldViolation[] {
  const wish = reasoningWishOf(request);
  if (wish?.kind === "budget") {
    const description = `${endpoint.model} is told by effort. Set reasoning.effort instead.`;
    return [{ field: "reasoning.budget_tokens", description }];
  }
  if (request.tools.length === 0 || !dialectOf(endpoint).toolsExcludeReasoning) return [];
  if (wish?.kind === "effort") {
    const description = `Over Chat Completions ${endpoint.model} uses tools only without reasoning. Leave it out.`;
    return [{ field: "reasoning.effort", description }];
  }
  if (endpoint.traits.refuses.has("reasoning.none")) {
    const description = `Over Chat Completions ${endpoint.model} uses no tools, because it always reasons.`;
    return [{ field: "tools", description }];
  }
  return [];
}

/** Models that reason only when told to are sampled as the caller likes only as long as they do not. */
function samplingViolations(request: CompleteRequest): FieldViolation[] {
  if (reasoningWishOf(request)?.kind !== "effort") return [];
  const { temperature = 1, topP = 1, stopSequences } = request;
  const description = "Not while the model reasons. Leave it out, or reasoning.effort.";
  const asked = {
    temperature: temperature !== 1,
    top_p: topP !== 1,
    stop_sequences: stopSequences.length > 0,
  };
  return Object.entries(asked).flatMap(([field, isAsked]) =>
    isAsked ? [{ field, description }] : [],
  );
}

function contentViolations({ messages }: CompleteRequest): FieldViolation[] {
  return messages.flatMap(({ content }, turn) =>
    content.flatMap(({ block }, at) => {
      const path = `messages[${turn}].content[${at}]`;
      if (block.case !== "toolResult") return documentViolations(block, path);
      return block.value.content.flatMap((inner, place) =>
        resultViolations(inner.block, `${path}.tool_result.content[${place}]`),
      );
    }),
  );
}

type Block = ContentBlock["block"];

function documentViolations(block: Block, path: string): FieldViolation[] {
  if (block.case !== "document" || isReadable(block.value)) return [];
  const description = "OpenAI reads application/pdf, and text/* in UTF-8.";
  return [{ field: `${path}.document`, description }];
}

/** Messages of tools hold text only (OpenAI: Create chat completion, tool message). */
function resultViolations(block: Block, path: string): FieldViolation[] {
  const isText = block.case === "text" || (block.case === "document" && isTextual(block.value));
  if (isText) return documentViolations(block, path);
  const description =
    "OpenAI takes only text as a tool's answer. Give pictures and PDFs in the user's own words.";
  return [{ field: `${path}.${block.case ?? "block"}`, description }];
}

function isTextual({ mediaType }: { readonly mediaType: string }): boolean {
  return mediaType.startsWith("text/");
}
