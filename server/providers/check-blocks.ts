import type { ContentBlock, Message } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../core/call.ts";
import type { FieldViolation } from "../core/error.ts";
import type { RefusableField } from "../core/model-traits.ts";
import type { Accepts, BlockKind } from "./accepts.ts";

/** Every block of a conversation that the family or the model cannot be given, those inside tool results too. */
export function blockViolations(
  messages: readonly Message[],
  { traits, model }: Pick<Endpoint, "traits" | "model">,
  accepts: Pick<Accepts, "name" | "blocks">,
): FieldViolation[] {
  /** Who takes no blocks of this kind; undefined where both take them. */
  const refuserOf = (kind: BlockKind): string | undefined => {
    if (!accepts.blocks.has(kind)) return accepts.name;
    const refusable = refusableKinds.get(kind);
    return refusable && traits.refuses.has(refusable) ? model : undefined;
  };

  const violationsIn = (content: readonly ContentBlock[], path: string): FieldViolation[] =>
    content.flatMap(({ block }, at) => {
      if (block.case === undefined) return [];
      const refuser = refuserOf(block.case);
      if (refuser !== undefined) {
        const name = snakeCase(block.case);
        const what = name.replaceAll("_", " ");
        const description = `${refuser} takes no ${what} blocks. Leave it out.`;
        return [{ field: `${path}[${at}].${name}`, description }];
      }
      if (block.case !== "toolResult") return [];
      return violationsIn(block.value.content, `${path}[${at}].tool_result.content`);
    });

  return messages.flatMap(({ content }, turn) =>
    violationsIn(content, `messages[${turn}].content`),
  );
}

/** The kinds that single models refuse although their family takes them. */
const refusableKinds: ReadonlyMap<BlockKind, RefusableField> = new Map([
  ["image", "messages.image"],
  ["document", "messages.document"],
  ["cachePoint", "messages.cache_point"],
]);

/** The contract's JSON name of a field as its path in snake_case. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
