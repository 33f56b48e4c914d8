import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import { GatewayError } from "../../../core/error.ts";
import {
  type ReasoningWish,
  reasoningWishOf,
  refuseWish,
} from "../../codec-parts/reasoning-wish.ts";
import { claudeThinking } from "./claude-thinking.ts";
import { type MadeModel, madeModelOf } from "./model-maker.ts";
import { checkNova, novaReasoning } from "./nova-rules.ts";

/** What Converse has no member of its own for. */
export interface MakerFields {
  /** `additionalModelRequestFields`: what the model itself is told. */
  readonly fields: { readonly [field: string]: unknown };
  /** The model takes no limit of tokens with these fields. */
  readonly isUnlimited?: boolean;
}

interface Asking {
  readonly request: CompleteRequest;
  readonly endpoint: Endpoint;
  readonly made: MadeModel | undefined;
  readonly maxTokens: number;
}

/** How the models of one maker are told, each as its own body has it. An absent member cannot be told. */
interface Maker {
  readonly topK?: (topK: number) => object;
  readonly seed?: (seed: number) => object;
  readonly reasoning?: (asking: Asking) => MakerFields;
}

/**
 * Sources: AWS's page of inference parameters of each maker; for OpenAI, DeepSeek and Moonshot what live calls were seen
 * to take (vercel/ai #11467, langchain-ai/langchain-aws #1261).
 */
const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["anthropic", { topK: (top_k) => ({ top_k }), reasoning: claudeFields }],
  ["amazon", { topK: (topK) => ({ inferenceConfig: { topK } }), reasoning: novaFields }],
  ["cohere", { topK: (k) => ({ k }), seed: (seed) => ({ seed }) }],
  ["mistral", { topK: (top_k) => ({ top_k }) }],
  ["openai", { seed: (seed) => ({ seed }), reasoning: openaiFields }],
  ["deepseek", { reasoning: flatEffort }],
  ["moonshot", { reasoning: flatEffort }],
  ["moonshotai", { reasoning: flatEffort }],
]);

/** Throws INVALID_ARGUMENT for what the model cannot be told. */
export function makerFieldsOf(
  request: CompleteRequest,
  endpoint: Endpoint,
  maxTokens: number,
): MakerFields {
  const made = madeModelOf(endpoint.model);
  const maker = makers.get(made?.maker ?? makerByTraits(endpoint)) ?? {};
  if (made?.maker === "amazon") checkNova(request);
  const told = reasoningFields(maker, { request, endpoint, made, maxTokens });
  const topK = fieldOf("top_k", request.topK, maker.topK, endpoint);
  const seed = fieldOf("seed", seedOf(request), maker.seed, endpoint);
  return { ...told, fields: { ...topK, ...seed, ...told.fields } };
}

/** Only Claude has budgets and thinks adaptively: an operator who says so of a model has said who made it. */
function makerByTraits({ traits }: Endpoint): string {
  return traits.reasoning === "budget" || traits.reasoning === "adaptive" ? "anthropic" : "";
}

function fieldOf(
  field: string,
  value: number | undefined,
  write: ((value: number) => object) | undefined,
  { model }: Endpoint,
): object {
  if (value === undefined) return {};
  if (write) return write(value);
  const description = `${model} takes none. Leave the field out.`;
  throw GatewayError.invalid({ field, description });
}

function seedOf({ seed }: CompleteRequest): number | undefined {
  if (seed === undefined) return undefined;
  if (Number.isSafeInteger(Number(seed))) return Number(seed);
  const description = "Must be a number that JSON can carry: at most 2^53 - 1.";
  throw GatewayError.invalid({ field: "seed", description });
}

function reasoningFields({ reasoning }: Maker, asking: Asking): MakerFields {
  const wish = reasoningWishOf(asking.request);
  if (!wish) return { fields: {} };
  if (!reasoning) throw refuseWish(wish, { ...asking.endpoint, traits: { refuses: new Set() } });
  return reasoning(asking);
}

function claudeFields({ request, endpoint, maxTokens }: Asking): MakerFields {
  const { thinking, effort } = claudeThinking(request, endpoint, maxTokens);
  return {
    fields: { ...(thinking && { thinking }), ...(effort && { output_config: { effort } }) },
  };
}

function novaFields({ request, endpoint }: Asking): MakerFields {
  const { reasoningConfig, isUnlimited } = novaReasoning(request, endpoint);
  return { fields: { ...(reasoningConfig && { reasoningConfig }) }, isUnlimited };
}

/** gpt-oss takes a flat member and always reasons; later models take an object, in which `none` is an effort. */
function openaiFields(asking: Asking): MakerFields {
  if (asking.made?.name.startsWith("gpt-oss")) return flatEffort(asking);
  const wish = effortWish(asking);
  return { fields: { reasoning: { effort: wish.kind === "none" ? "none" : wish.effort } } };
}

/** DeepSeek does not reason unless it is told to; the others of this form cannot be told not to. */
function flatEffort(asking: Asking): MakerFields {
  const wish = effortWish(asking);
  if (wish.kind === "effort") return { fields: { reasoning_effort: wish.effort } };
  if (asking.made?.maker === "deepseek") return { fields: {} };
  throw refuseWish(wish, asking.endpoint);
}

function effortWish({ request, endpoint }: Asking): Exclude<ReasoningWish, { kind: "budget" }> {
  const wish = reasoningWishOf(request) ?? { kind: "none" };
  if (wish.kind === "budget" || endpoint.traits.reasoning !== "effort") {
    throw refuseWish(wish, endpoint);
  }
  return wish;
}
