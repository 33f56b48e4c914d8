import type {
  CachePoint,
  DocumentBlock,
  Message,
  ReasoningBlock,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../../core/error.ts";
import { base64Of } from "../../codec-parts/base64.ts";
import { type PlacedBlock, placed, turnsOf } from "../../codec-parts/turns.ts";
import { cacheTtlOf } from "./cache-points.ts";

/** A block of the Messages body; the service checks its members. */
type AnthropicBlock = { type: string; [member: string]: unknown };

/** The conversation as `messages` of the Messages body (Anthropic: Messages API, content blocks). */
export function anthropicMessages(messages: readonly Message[]) {
  return turnsOf(messages).map(({ role, blocks }) => ({ role, content: contentOf(blocks) }));
}

/** The mark behind which everything before may be cached (Anthropic: Prompt caching). */
export function cacheControlOf(point: CachePoint, field: string) {
  const ttl = cacheTtlOf(point, field);
  return ttl ? { type: "ephemeral", ttl } : { type: "ephemeral" };
}

/** A cache point is no block of its own here: the block before it is marked. */
function contentOf(blocks: readonly PlacedBlock[]): AnthropicBlock[] {
  const content: AnthropicBlock[] = [];
  for (const placedBlock of blocks) {
    const { block, path } = placedBlock;
    if (block.case === "cachePoint") mark(content.at(-1), block.value, `${path}.cache_point`);
    else content.push(...blocksOf(placedBlock));
  }
  return content;
}

/** Reasoning cannot be marked, and one mark is all that a block can have. */
function mark(before: AnthropicBlock | undefined, point: CachePoint, field: string): void {
  if (before === undefined || before.cache_control || /thinking/.test(before.type)) {
    const description =
      "Must follow a block of the same message that is neither reasoning nor a cache point.";
    throw GatewayError.invalid({ field, description });
  }
  before.cache_control = cacheControlOf(point, field);
}

function blocksOf({ block, path }: PlacedBlock): AnthropicBlock[] {
  switch (block.case) {
    case "text":
      return [{ type: "text", text: block.value.text }];
    case "image": {
      const { content, mediaType } = block.value;
      const source = { type: "base64", media_type: mediaType, data: base64Of(content) };
      return [{ type: "image", source }];
    }
    case "document":
      return [documentOf(block.value, `${path}.document`)];
    case "toolUse": {
      const { id, name, input = {} } = block.value;
      return [{ type: "tool_use", id, name, input }];
    }
    case "toolResult": {
      const { toolUseId, content, isError } = block.value;
      const result = contentOf(placed(content, `${path}.tool_result`));
      const failed = isError ? { is_error: true } : {};
      return [{ type: "tool_result", tool_use_id: toolUseId, content: result, ...failed }];
    }
    case "reasoning":
      return reasoningOf(block.value);
    default:
      return [];
  }
}

/** Texts that are no plain text are given as plain text all the same: it is how Claude reads them. */
const textTypes = new Set(["text/plain", "text/markdown", "text/csv", "text/html"]);

function documentOf({ content, mediaType, name }: DocumentBlock, path: string): AnthropicBlock {
  const title = name ? { title: name } : {};
  if (mediaType === "application/pdf") {
    const source = { type: "base64", media_type: mediaType, data: base64Of(content) };
    return { type: "document", source, ...title };
  }
  if (textTypes.has(mediaType)) {
    const data = utf8Of(content, `${path}.content`);
    return { type: "document", source: { type: "text", media_type: "text/plain", data }, ...title };
  }
  const description = `Claude reads application/pdf, ${[...textTypes].join(", ")}.`;
  throw GatewayError.invalid({ field: `${path}.media_type`, description });
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function utf8Of(content: Uint8Array, field: string): string {
  try {
    return strictUtf8.decode(content);
  } catch {
    throw GatewayError.invalid({ field, description: "Must be text in UTF-8." });
  }
}

/** The bytes of redacted thinking are its text as it came; nobody knows more about it. */
function reasoningOf({ text, signature, redactedContent }: ReasoningBlock): AnthropicBlock[] {
  const blocks: AnthropicBlock[] = [];
  if (signature) blocks.push({ type: "thinking", thinking: text, signature });
  if (redactedContent.length > 0) {
    blocks.push({ type: "redacted_thinking", data: Buffer.from(redactedContent).toString() });
  }
  return blocks;
}
