import type { Answer, AnswerWriter, ModelEvent } from "../api.ts";
import { converseBlock, redactedText, toolUseId } from "../bedrock/converse/write-blocks.ts";
import type { CompletionBlock, TokenCounts } from "../completion.ts";
import type { JsonObject } from "../json.ts";

/**
 * Nova's own words: every token of a text is a pair of delta and stop under an index of its own, and
 * no text begins with a start (recorded from AWS).
 */
export const novaWriter: AnswerWriter = {
  whole(answer) {
    const { blocks, usage: counts } = answer.completion;
    const content = blocks.map((block, index) => withoutType(converseBlock(answer, block, index)));
    return {
      json: {
        output: { message: { content, role: "assistant" } },
        stopReason: stopReason(answer),
        ...(counts && { usage: usage(counts) }),
      },
    };
  },
  *events(answer) {
    const { blocks, usage: counts } = answer.completion;
    yield { phase: "opening", json: { messageStart: { role: "assistant" } } };
    let index = 0;
    for (const [place, block] of blocks.entries()) {
      for (const event of blockEvents(answer, block, place, index)) {
        yield event;
        if ("contentBlockStop" in event.json) index += 1;
      }
    }
    yield { phase: "closing", json: { messageStop: { stopReason: stopReason(answer) } } };
    const metadata = { ...(counts && { usage: usage(counts) }), metrics: {}, trace: {} };
    yield { phase: "last", json: { metadata } };
  },
};

function* blockEvents(
  answer: Answer,
  block: CompletionBlock,
  place: number,
  first: number,
): Generator<ModelEvent> {
  const delta = (json: JsonObject, index: number) => ({
    contentBlockDelta: { delta: json, contentBlockIndex: index },
  });
  const stop = (index: number): ModelEvent => ({
    phase: "opening",
    json: { contentBlockStop: { contentBlockIndex: index } },
  });
  switch (block.kind) {
    case "text":
      for (const [offset, text] of block.pieces.entries()) {
        yield { phase: "token", json: delta({ text }, first + offset) };
        yield stop(first + offset);
      }
      return;
    case "tool-use": {
      const toolUse = { toolUseId: toolUseId(answer, place), name: block.name };
      const start = { start: { toolUse }, contentBlockIndex: first };
      yield { phase: "opening", json: { contentBlockStart: start } };
      for (const input of block.pieces) {
        yield { phase: "token", json: delta({ toolUse: { input } }, first) };
      }
      return yield stop(first);
    }
    default: {
      const json = delta({ reasoningContent: { text: redactedText } }, first);
      yield { phase: "token", tokens: block.pieces.length, json };
      return yield stop(first);
    }
  }
}

/** Only Converse puts the type beside a tool use. */
function withoutType(block: JsonObject): JsonObject {
  const { toolUse } = block as { toolUse?: { type: string } };
  if (!toolUse) return block;
  const { type: _, ...rest } = toolUse;
  return { toolUse: rest };
}

function stopReason({ completion: { stopReason: reason } }: Answer): string {
  return reason === "guardrail_intervened" ? "content_filtered" : reason;
}

/** Counts of the cache are there only when the cache was used. */
function usage({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: TokenCounts) {
  const cached = cacheReadTokens + cacheWriteTokens;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens + cached,
    ...(cached > 0 && {
      cacheReadInputTokenCount: cacheReadTokens,
      cacheWriteInputTokenCount: cacheWriteTokens,
    }),
  };
}
