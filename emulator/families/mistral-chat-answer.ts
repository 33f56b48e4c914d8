import type { Answer, AnswerWriter } from "../api.ts";
import type { CompletionBlock } from "../completion.ts";
import type { JsonObject } from "../json.ts";

const endings: ReadonlyMap<string, string> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["guardrail_intervened", "stop"],
  ["max_tokens", "length"],
  ["tool_use", "tool_calls"],
]);

function reasonOf({ completion: { stopReason } }: Answer): string {
  return endings.get(stopReason) ?? stopReason;
}

const textOf = ({ completion: { blocks } }: Answer) =>
  blocks.flatMap(({ kind, pieces }) => (kind === "text" ? pieces : [])).join("");

function toolCall(answer: Answer, index: number, block: CompletionBlock & { kind: "tool-use" }) {
  const called = { name: block.name, arguments: block.pieces.join("") };
  return { id: `${answer.identifier.slice(0, 8)}${index}`, type: "function", function: called };
}

function toolCalls(answer: Answer) {
  const calls = answer.completion.blocks.flatMap((block, index) =>
    block.kind === "tool-use" ? [toolCall(answer, index, block)] : [],
  );
  return calls.length === 0 ? {} : { tool_calls: calls };
}

function message(answer: Answer): JsonObject {
  return { role: "assistant", content: textOf(answer), ...toolCalls(answer) };
}

/** Pieces of reasoning are counted but not told; a tool's input comes whole. */
function* deltas(answer: Answer): Generator<{ tokens: number; delta: JsonObject }> {
  for (const [index, block] of answer.completion.blocks.entries()) {
    if (block.kind === "text") {
      for (const content of block.pieces) yield { tokens: 1, delta: { content } };
    } else if (block.kind === "tool-use") {
      const delta = { content: "", tool_calls: [toolCall(answer, index, block)] };
      yield { tokens: block.pieces.length, delta };
    }
  }
}

/** The older shape: whole messages in chunks, `stop_reason`, and no counts in the body. */
export const mistralChatWriter: AnswerWriter = {
  whole: (answer) => ({
    json: { choices: [{ index: 0, message: message(answer), stop_reason: reasonOf(answer) }] },
  }),
  *events(answer) {
    const chunk = (content: JsonObject, reason: string | null) => ({
      choices: [{ index: 0, message: { role: "assistant", ...content }, stop_reason: reason }],
    });
    for (const { tokens, delta } of deltas(answer)) {
      yield { phase: "token", tokens, json: chunk(delta, null) };
    }
    yield { phase: "last", json: chunk({ content: "" }, reasonOf(answer)) };
  },
};

const createdAtSeconds = 1_767_225_600;

function head({ modelId, identifier }: Answer, object: string): JsonObject {
  return { id: `chatcmpl-${identifier}`, object, created: createdAtSeconds, model: modelId };
}

function usage({ completion: { usage: counts } }: Answer): JsonObject {
  if (!counts) return {};
  const { inputTokens, outputTokens } = counts;
  return {
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  };
}

/** The newer shape: OpenAI's, with `finish_reason`, deltas and counts. */
export const openAiLikeWriter: AnswerWriter = {
  whole: (answer) => ({
    json: {
      ...head(answer, "chat.completion"),
      choices: [{ index: 0, message: message(answer), finish_reason: reasonOf(answer) }],
      ...usage(answer),
    },
  }),
  *events(answer) {
    const chunk = (delta: JsonObject, reason: string | null) => ({
      ...head(answer, "chat.completion.chunk"),
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
    yield { phase: "opening", json: chunk({ role: "assistant", content: "" }, null) };
    for (const { tokens, delta } of deltas(answer)) {
      yield { phase: "token", tokens, json: chunk(delta, null) };
    }
    yield { phase: "last", json: { ...chunk({}, reasonOf(answer)), ...usage(answer) } };
  },
};
