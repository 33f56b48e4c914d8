import { invalid } from "../bedrock/validation.ts";
import { isJsonObject } from "../json.ts";
import { type PromptMessage, type PromptPart, textOf } from "../prompt.ts";
import { readBlock } from "./anthropic-blocks.ts";

/**
 * Reads `messages`: the first is the user's, none is empty, neighbours of one role are allowed, as
 * Anthropic merges them, and every tool use is answered by the next message.
 */
export function readMessages(value: unknown): readonly PromptMessage[] {
  if (!Array.isArray(value)) throw invalid("messages: Input should be a valid list");
  if (value.length === 0) throw invalid("messages: at least one message is required");
  const messages = value.map(readMessage);
  if (messages[0]?.role !== "user") {
    throw invalid('messages: first message must use the "user" role');
  }
  const last = messages.at(-1);
  if (last?.role === "assistant" && /\s$/.test(textOf(last.parts))) {
    throw invalid("messages: final assistant content cannot end with trailing whitespace");
  }
  checkToolResults(messages);
  return messages;
}

/** Reads `system`, a text or a list of text blocks; a missing one is empty. */
export function readSystem(value: unknown): readonly PromptPart[] {
  return value === undefined ? [] : readContent(value, "system");
}

function readMessage(message: unknown, index: number): PromptMessage {
  const place = `messages.${index}`;
  if (!isJsonObject(message)) throw invalid(`${place}: Input should be a valid dictionary`);
  const { role, content } = message;
  if (role !== "user" && role !== "assistant") {
    throw invalid(`${place}.role: Input should be 'user' or 'assistant'`);
  }
  return { role, parts: readContent(content, `${place}.content`) };
}

function readContent(content: unknown, place: string): readonly PromptPart[] {
  if (content === undefined) throw invalid(`${place}: Field required`);
  if (typeof content === "string") return readBlock({ type: "text", text: content }, place);
  if (!Array.isArray(content)) throw invalid(`${place}: Input should be a valid string or list`);
  if (content.length === 0) throw invalid(`${place}: at least one content block is required`);
  return content.flatMap((block, index) => readBlock(block, `${place}.${index}`));
}

/** Texts of these refusals are those that Claude's users quote. */
function checkToolResults(messages: readonly PromptMessage[]): void {
  for (const [index, { parts }] of messages.entries()) {
    const used = idsOf(messages[index - 1]?.parts ?? [], "tool-use");
    const answered = idsOf(parts, "tool-result");
    const missing = used.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
    const stray = answered.find((id) => !used.includes(id));
    if (stray !== undefined) {
      throw invalid(
        `messages.${index}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
  }
}

function idsOf(parts: readonly PromptPart[], kind: "tool-use" | "tool-result"): readonly string[] {
  return parts.flatMap((part) => (part.kind === kind && "id" in part ? [part.id] : []));
}
