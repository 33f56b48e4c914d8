import type { Answer, ModelEvent } from "../api.ts";
import type { CompletionBlock } from "../completion.ts";
import { type JsonObject, parseJson } from "../json.ts";

/** A block of a whole answer. */
export function anthropicBlock(answer: Answer, block: CompletionBlock, index: number): JsonObject {
  const text = block.pieces.join("");
  switch (block.kind) {
    case "text":
      return { type: "text", text };
    case "reasoning":
      return { type: "thinking", thinking: text, signature: block.signature };
    case "redacted-reasoning":
      return { type: "redacted_thinking", data: text };
    case "tool-use":
      return { ...toolUse(answer, block.name, index), input: parseJson(text) ?? {} };
  }
}

function toolUse({ identifier }: Answer, name: string, index: number) {
  return { type: "tool_use", id: `toolu_bdrk_${identifier}${index}`, name };
}

/** The events of one block; only the stop of the last block ends the content. */
export function* anthropicBlockEvents(
  answer: Answer,
  block: CompletionBlock,
  index: number,
): Generator<ModelEvent> {
  const start = (content: JsonObject): ModelEvent => ({
    phase: "opening",
    json: { type: "content_block_start", index, content_block: content },
  });
  const delta = (json: JsonObject) => ({ type: "content_block_delta", index, delta: json });
  switch (block.kind) {
    case "text":
      yield start({ type: "text", text: "" });
      yield* tokens(block, (text) => delta({ type: "text_delta", text }));
      break;
    case "reasoning":
      yield start({ type: "thinking", thinking: "", signature: "" });
      yield* tokens(block, (thinking) => delta({ type: "thinking_delta", thinking }));
      yield {
        phase: "opening",
        json: delta({ type: "signature_delta", signature: block.signature }),
      };
      break;
    case "redacted-reasoning":
      yield { ...start(anthropicBlock(answer, block, index)), phase: "token" };
      break;
    case "tool-use":
      yield start({ ...toolUse(answer, block.name, index), input: {} });
      // The first piece that real models send is empty.
      yield { phase: "opening", json: delta({ type: "input_json_delta", partial_json: "" }) };
      yield* tokens(block, (piece) => delta({ type: "input_json_delta", partial_json: piece }));
  }
  const isLast = index === answer.completion.blocks.length - 1;
  yield {
    phase: isLast ? "closing" : "opening",
    json: { type: "content_block_stop", index },
  };
}

function* tokens(
  { pieces }: CompletionBlock,
  write: (piece: string) => JsonObject,
): Generator<ModelEvent> {
  for (const piece of pieces) yield { phase: "token", json: write(piece) };
}
