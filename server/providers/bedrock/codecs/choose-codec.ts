import type {
  CompleteRequest,
  ContentBlock,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { BlockKind } from "../../accepts.ts";
import type { Codec } from "./codec.ts";
import { codecs } from "./codecs.ts";
import { converse } from "./converse.ts";

const byFamily: ReadonlyMap<string, Codec> = new Map(
  codecs.map((codec) => [codec.family, codec] as const),
);

/** The model families whose bodies can be written. */
export const bedrockFamilies: ReadonlySet<string> = new Set(byFamily.keys());

/** The codec of a family; Converse where the request holds what the family's models take there alone. */
export function chooseCodec(family: string, { messages }: CompleteRequest): Codec {
  const codec = byFamily.get(family);
  if (!codec) throw new Error(`no codec for the family ${family}`);
  const { throughConverse } = codec;
  if (!throughConverse) return codec;
  const needsConverse = messages.some(({ content }) => holdsAny(content, throughConverse));
  return needsConverse ? converse : codec;
}

/** Tool results hold blocks of their own. */
function holdsAny(content: readonly ContentBlock[], kinds: ReadonlySet<BlockKind>): boolean {
  return content.some(
    ({ block }) =>
      (block.case !== undefined && kinds.has(block.case)) ||
      (block.case === "toolResult" && holdsAny(block.value.content, kinds)),
  );
}
