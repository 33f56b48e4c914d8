import { countPrompt } from "../answers/count-prompt.ts";
import type { JsonObject } from "../json.ts";
import { type Prompt, questionOf } from "../prompt.ts";
import { invalidRequest } from "./openai-error.ts";
import type { OpenAiModel } from "./openai-models.ts";
import { readEffort } from "./read-effort.ts";
import { readMessages } from "./read-messages.ts";
import { readResponseFormat } from "./read-response-format.ts";
import { readTools } from "./read-tools.ts";
import { readNumber, readObject, readWord, unsupportedParameter } from "./request-fields.ts";

/** A request of Chat Completions, taken apart. */
export interface ChatRequest {
  readonly prompt: Prompt;
  readonly options: ChatOptions;
}

/** What a request says about the form of its answer. */
export interface ChatOptions {
  readonly model: OpenAiModel;
  readonly serviceTier: string;
  readonly includesUsage: boolean;
  readonly isObfuscated: boolean;
  /** The model says no: at the prompt `Refuse.` */
  readonly isRefused: boolean;
}

/** Parameters that are accepted and change nothing. */
const ignored =
  "stream store metadata logprobs top_logprobs logit_bias verbosity prompt_cache_options prediction modalities".split(
    " ",
  );
const read =
  "model messages max_tokens max_completion_tokens stop stream_options tools tool_choice parallel_tool_calls response_format reasoning_effort service_tier temperature top_p presence_penalty frequency_penalty n seed user safety_identifier prompt_cache_key".split(
    " ",
  );
const known = new Set([...ignored, ...read]);

/** Reads a request body, refusing what OpenAI or the model refuses. */
export function readChatRequest(body: JsonObject, model: OpenAiModel): ChatRequest {
  checkNames(body);
  const { tools, toolChoice } = readTools(body);
  const effort = readEffort(body, model, tools.length > 0);
  const isReasoning = effort !== "none";
  const schema = readResponseFormat(body.response_format, model);
  const streamOptions = readObject(body.stream_options, "stream_options") ?? {};
  const serviceTier = readWord(body, "service_tier", ["auto", "default", "flex", "priority"]);
  const prompt: Prompt = {
    ...readMessages(body.messages, model),
    maxTokens: readMaxTokens(body, model),
    stopSequences: readStop(body, model, isReasoning),
    sampling: readSampling(body, model, isReasoning),
    facts: readFacts(body, effort),
    tools,
    toolChoice,
    isReasoning,
    ...(schema !== undefined && { answerSchema: schema }),
  };
  checkContext(prompt, model);
  return {
    prompt,
    options: {
      model,
      serviceTier: serviceTier === undefined || serviceTier === "auto" ? "default" : serviceTier,
      includesUsage: streamOptions.include_usage === true,
      isObfuscated: streamOptions.include_obfuscation !== false,
      isRefused: /^\s*refuse\.?\s*$/i.test(questionOf(prompt)),
    },
  };
}

function checkNames(body: JsonObject): void {
  const unknown = Object.keys(body).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw invalidRequest(`Unknown parameter: '${unknown}'.`, {
      param: unknown,
      code: "unknown_parameter",
    });
  }
  if (body.messages === undefined) {
    throw invalidRequest("Missing required parameter: 'messages'.", {
      param: "messages",
      code: "missing_required_parameter",
    });
  }
  if ((body.n ?? 1) !== 1)
    throw invalidRequest("The emulator answers once: n must be 1.", { param: "n" });
  if (body.stream !== true && (body.stream_options ?? undefined) !== undefined) {
    throw invalidRequest(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      {
        param: "stream_options",
      },
    );
  }
}

/** Reasoning models know only the newer name; no model takes both. */
function readMaxTokens(body: JsonObject, model: OpenAiModel): number {
  const older = readNumber(body, "max_tokens", [1, Number.MAX_SAFE_INTEGER]);
  const newer = readNumber(body, "max_completion_tokens", [1, Number.MAX_SAFE_INTEGER]);
  if (older !== undefined && model.efforts.length > 0) {
    throw unsupportedParameter("max_tokens", " Use 'max_completion_tokens' instead.");
  }
  if (older !== undefined && newer !== undefined) {
    throw invalidRequest(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      { param: "max_tokens" },
    );
  }
  const tokens = newer ?? older ?? model.maxOutputTokens;
  if (tokens <= model.maxOutputTokens) return tokens;
  const param = older === undefined ? "max_completion_tokens" : "max_tokens";
  throw invalidRequest(
    `${param} is too large: ${tokens}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${tokens}.`,
    { param },
  );
}

const mostStops = 4;

function readStop(body: JsonObject, model: OpenAiModel, isReasoning: boolean): readonly string[] {
  const value = body.stop ?? undefined;
  if (value === undefined) return [];
  if (!isSampled(model, isReasoning)) throw unsupportedParameter("stop");
  const list = Array.isArray(value) ? value : [value];
  if (list.length > mostStops) {
    throw invalidRequest(
      `Invalid 'stop': array too long. Expected an array with maximum length ${mostStops}, but got an array with length ${list.length} instead.`,
      { param: "stop", code: "array_above_max_length" },
    );
  }
  return list.map(String);
}

/** Newer models take sampling parameters as long as they do not reason. */
function isSampled(model: OpenAiModel, isReasoning: boolean): boolean {
  return model.isSampled && !isReasoning;
}

function readSampling(
  body: JsonObject,
  model: OpenAiModel,
  isReasoning: boolean,
): Record<string, number> {
  const limits = {
    temperature: [0, 2],
    top_p: [0, 1],
    presence_penalty: [-2, 2],
    frequency_penalty: [-2, 2],
    seed: [-(2 ** 63), 2 ** 63],
  } as const;
  const sampling: Record<string, number> = {};
  for (const [name, range] of Object.entries(limits)) {
    const value = readNumber(body, name, range);
    if (value === undefined) continue;
    const isUsual =
      name === "seed" || value === (name === "temperature" || name === "top_p" ? 1 : 0);
    if (!isUsual && !isSampled(model, isReasoning)) {
      throw invalidRequest(
        `Unsupported value: '${name}' does not support ${value} with this model. Only the default value is supported.`,
        { param: name, code: "unsupported_value" },
      );
    }
    sampling[name] = value;
  }
  return sampling;
}

const longestId = 64;

function readFacts(body: JsonObject, effort: string): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const name of ["user", "safety_identifier", "prompt_cache_key", "service_tier"]) {
    const value = readWord(body, name);
    if (value === undefined) continue;
    if (name !== "user" && value.length > longestId) {
      throw invalidRequest(
        `Invalid '${name}': string too long. Expected a string with maximum length ${longestId}, but got a string with length ${value.length} instead.`,
        { param: name, code: "string_above_max_length" },
      );
    }
    facts[name] = value;
  }
  return effort === "none" ? facts : { ...facts, reasoning_effort: effort };
}

function checkContext(prompt: Prompt, { contextTokens }: OpenAiModel): void {
  const tokens = countPrompt(prompt);
  if (tokens <= contextTokens) return;
  throw invalidRequest(
    `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
    { param: "messages", code: "context_length_exceeded" },
  );
}
