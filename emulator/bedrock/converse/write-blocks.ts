import type { Answer } from "../../api.ts";
import type { CompletionBlock } from "../../completion.ts";
import { type JsonObject, parseJson } from "../../json.ts";

/** The id of a tool use, by its block's place in the answer. */
export function toolUseId({ identifier }: Answer, index: number): string {
  return `tooluse_${identifier.slice(0, 21)}${index}`;
}

/**
 * Nova says that it reasoned, not what: one such text stands for all (seen in recordings); other
 * models tell their reasoning.
 */
export const redactedText = "[REDACTED].";

/** A block of a whole answer, with members in alphabetical order as on the wire. */
export function converseBlock(answer: Answer, block: CompletionBlock, index: number): JsonObject {
  const text = block.pieces.join("");
  switch (block.kind) {
    case "text":
      return { text };
    case "reasoning":
      return { reasoningContent: { reasoningText: reasoningText(answer, block) } };
    case "redacted-reasoning":
      return { reasoningContent: { redactedContent: text } };
    case "tool-use":
      return {
        toolUse: {
          input: parseJson(text) ?? {},
          name: block.name,
          toolUseId: toolUseId(answer, index),
          type: "tool_use",
        },
      };
  }
}

function reasoningText({ modelId }: Answer, block: CompletionBlock & { kind: "reasoning" }) {
  if (modelId.startsWith("amazon.")) return { text: redactedText };
  const { pieces, signature } = block;
  return { ...(isSigned(modelId) && { signature }), text: pieces.join("") };
}

/** Only Claude signs its reasoning. */
export function isSigned(modelId: string): boolean {
  return modelId.startsWith("anthropic.");
}
