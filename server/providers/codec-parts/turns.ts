import {
  type ContentBlock,
  type Message,
  Role,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";

/** A block and its path in the request, for error messages. */
export interface PlacedBlock {
  readonly block: ContentBlock["block"];
  readonly path: string;
}

/** What one side says before the other speaks. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly blocks: readonly PlacedBlock[];
}

/**
 * The conversation as turns that alternate, which is what providers want: neighbouring messages of one role are one
 * turn. Reasoning that nothing proves to be the model's own is left out: callers give back what they got, and the
 * models that sign nothing refuse to be given it (ValidationException "messages cannot contain reasoning content").
 */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: { role: Turn["role"]; blocks: PlacedBlock[] }[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const speaker = role === Role.ASSISTANT ? "assistant" : "user";
    const blocks = placed(content, `messages[${index}]`).filter(({ block }) => !isUnproven(block));
    if (blocks.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === speaker) last.blocks.push(...blocks);
    else turns.push({ role: speaker, blocks });
  }
  return turns;
}

/** The blocks of a message, or of a tool result, with their paths. */
export function placed(content: readonly ContentBlock[], path: string): PlacedBlock[] {
  return content.map(({ block }, at) => ({ block, path: `${path}.content[${at}]` }));
}

function isUnproven(block: ContentBlock["block"]): boolean {
  if (block.case !== "reasoning") return false;
  return block.value.signature === "" && block.value.redactedContent.length === 0;
}
