import {
  type CompleteRequest,
  type ContentBlock,
  type Message,
  Role,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";

/** One turn of a conversation as a raw prompt holds it. */
export interface TextTurn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** What stands between two texts that the caller gave apart and the prompt's form has no border for. */
const paragraph = "\n\n";

/**
 * The conversation as text turns that alternate, which is all that the templates of raw prompts can say: the blocks of
 * a message are its paragraphs, and neighbouring messages of one role are one turn.
 */
export function textTurns({ messages }: CompleteRequest): TextTurn[] {
  const turns: { role: TextTurn["role"]; text: string }[] = [];
  for (const { role, content } of messages.map(textTurn)) {
    const last = turns.at(-1);
    if (last?.role === role) last.text += paragraph + content;
    else turns.push({ role, text: content });
  }
  return turns;
}

/** The text blocks of a message, in order. */
export function textOf(content: readonly ContentBlock[]): string {
  return content
    .flatMap(({ block }) => (block.case === "text" ? [block.value.text] : []))
    .join(paragraph);
}

function textTurn({ role, content }: Message) {
  const speaker: TextTurn["role"] = role === Role.ASSISTANT ? "assistant" : "user";
  return { role: speaker, content: textOf(content) };
}
