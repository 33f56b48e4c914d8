import type { Answer, AnswerWriter, ModelEvent } from "../api.ts";
import type { CompletionBlock } from "../completion.ts";
import type { ReplyHead } from "../exchange.ts";
import type { JsonObject } from "../json.ts";
import type { ToolChoice } from "../prompt.ts";
import { chatUsage } from "./chat-usage.ts";
import { freeRateLimits } from "./rate-limits.ts";
import type { ChatOptions } from "./read-chat-request.ts";

/** The name of events that carry no obfuscation. */
export const plainEvent = "plain";

const createdAtSeconds = 1_767_225_600;

const endings: ReadonlyMap<string, string> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["guardrail_intervened", "content_filter"],
  ["max_tokens", "length"],
  ["tool_use", "tool_calls"],
]);

/** Writes answers as Chat Completions does, for one request. */
export function createChatWriter(options: ChatOptions, toolChoice: ToolChoice): AnswerWriter {
  const head = ({ identifier }: Answer, object: string): JsonObject => ({
    id: `chatcmpl-${identifier}`,
    object,
    created: createdAtSeconds,
    model: options.model.snapshot,
    service_tier: options.serviceTier,
    system_fingerprint: "fp_emulator00",
  });
  /** Of a tool that had to be used the end is `stop`. */
  const endOf = ({ completion: { stopReason } }: Answer): string => {
    const end = endings.get(stopReason) ?? stopReason;
    return end === "tool_calls" && toolChoice.kind === "tool" ? "stop" : end;
  };

  return {
    whole(answer) {
      const { usage } = answer.completion;
      const choice = {
        index: 0,
        message: messageOf(answer, options),
        logprobs: null,
        finish_reason: endOf(answer),
      };
      const json = {
        ...head(answer, "chat.completion"),
        choices: [choice],
        ...(usage && { usage: chatUsage(usage, options.model) }),
      };
      return { json, headers: answerHeaders(answer.elapsedMs()) };
    },
    streamHeaders: answerHeaders(1),
    *events(answer) {
      const { usage } = answer.completion;
      const chunk = (
        choices: readonly JsonObject[],
        counts: JsonObject | null,
      ): Omit<ModelEvent, "phase"> => ({
        ...(!options.isObfuscated && { name: plainEvent }),
        json: {
          ...head(answer, "chat.completion.chunk"),
          choices,
          ...(options.includesUsage && { usage: counts }),
        },
      });
      const piece = (delta: JsonObject, reason: string | null = null) =>
        chunk([{ index: 0, delta, logprobs: null, finish_reason: reason }], null);
      yield { phase: "opening", ...piece(openingDelta(answer, options)) };
      for (const { phase, delta } of deltas(answer, options)) yield { phase, ...piece(delta) };
      const isCounted = options.includesUsage && usage !== undefined;
      yield { phase: isCounted ? "closing" : "last", ...piece({}, endOf(answer)) };
      if (isCounted) yield { phase: "last", ...chunk([], chatUsage(usage, options.model)) };
    },
  };
}

function answerHeaders(elapsedMs: number): ReplyHead["headers"] {
  return {
    ...freeRateLimits,
    "openai-organization": "org-emulator00000000",
    "openai-processing-ms": elapsedMs,
    "openai-version": "2020-10-01",
  };
}

function textOf({ completion: { blocks } }: Answer): string {
  return blocks.flatMap(({ kind, pieces }) => (kind === "text" ? pieces : [])).join("");
}

function toolBlocks({ completion: { blocks } }: Answer) {
  return blocks.filter((block) => block.kind === "tool-use");
}

/** Reasoning is counted and not shown. */
function messageOf(answer: Answer, { isRefused }: ChatOptions): JsonObject {
  const text = textOf(answer);
  const calls = toolBlocks(answer).map((block, index) => ({
    ...callHead(answer, block, index),
    function: { name: block.name, arguments: block.pieces.join("") },
  }));
  const isNothingSaid = isRefused || (text === "" && calls.length > 0);
  return {
    role: "assistant",
    content: isNothingSaid ? null : text,
    refusal: isRefused ? text : null,
    annotations: [],
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function openingDelta(answer: Answer, { isRefused }: ChatOptions): JsonObject {
  const isNothingSaid = isRefused || (textOf(answer) === "" && toolBlocks(answer).length > 0);
  return { role: "assistant", content: isNothingSaid ? null : "", refusal: null };
}

interface Piece {
  readonly phase: "opening" | "token";
  readonly delta: JsonObject;
}

function* deltas(answer: Answer, { isRefused }: ChatOptions): Generator<Piece> {
  let calls = 0;
  for (const block of answer.completion.blocks) {
    if (block.kind === "text") {
      const member = isRefused ? "refusal" : "content";
      for (const piece of block.pieces) yield { phase: "token", delta: { [member]: piece } };
    } else if (block.kind === "tool-use") {
      yield* callDeltas(answer, block, calls);
      calls += 1;
    }
  }
}

type ToolBlock = Extract<CompletionBlock, { kind: "tool-use" }>;

/** Id and name come first and once, the arguments behind them piece by piece. */
function* callDeltas(answer: Answer, block: ToolBlock, index: number): Generator<Piece> {
  const call = (members: JsonObject): JsonObject => ({ tool_calls: [{ index, ...members }] });
  const opened = {
    ...callHead(answer, block, index),
    function: { name: block.name, arguments: "" },
  };
  yield { phase: "opening", delta: call(opened) };
  for (const piece of block.pieces) {
    yield { phase: "token", delta: call({ function: { arguments: piece } }) };
  }
}

function callHead({ identifier }: Answer, _: ToolBlock, index: number): JsonObject {
  return { id: `call_${identifier.slice(0, 20)}${index}`, type: "function" };
}
