import type {
  DocumentBlock,
  Message,
  ReasoningBlock,
  ToolResultBlock,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../../core/error.ts";
import { base64Of } from "../../codec-parts/base64.ts";
import { type PlacedBlock, placed, turnsOf } from "../../codec-parts/turns.ts";
import { cacheTtlOf } from "./cache-points.ts";
import { createDocumentNames, type DocumentNames } from "./document-names.ts";

/** A block of a Converse body, under the name of its kind. */
type ConverseBlock = { readonly [kind: string]: unknown };

/** The conversation as `messages` of Converse and of Nova's own body (AWS: ContentBlock). */
export function converseMessages(messages: readonly Message[]) {
  const names = createDocumentNames();
  return turnsOf(messages).map(({ role, blocks }) => ({
    role,
    content: blocks.flatMap((block) => blocksOf(block, names)),
  }));
}

/** A point up to which everything may be cached (AWS: CachePointBlock). */
export function cachePointBlock(
  point: Parameters<typeof cacheTtlOf>[0],
  field: string,
): ConverseBlock {
  const ttl = cacheTtlOf(point, field);
  return { cachePoint: ttl ? { type: "default", ttl } : { type: "default" } };
}

function blocksOf({ block, path }: PlacedBlock, names: DocumentNames): ConverseBlock[] {
  switch (block.case) {
    case "text":
      return [{ text: block.value.text }];
    case "image": {
      const { content, mediaType } = block.value;
      const format = mediaType.replace(/^image\//, "");
      return [{ image: { format, source: { bytes: base64Of(content) } } }];
    }
    case "document":
      return [documentOf(block.value, `${path}.document`, names)];
    case "toolUse": {
      const { id, name, input = {} } = block.value;
      return [{ toolUse: { toolUseId: id, name, input } }];
    }
    case "toolResult":
      return [toolResultOf(block.value, path, names)];
    case "reasoning":
      return reasoningOf(block.value);
    case "cachePoint":
      return [cachePointBlock(block.value, `${path}.cache_point`)];
    default:
      return [];
  }
}

/** AWS: DocumentBlock, `format`. */
const documentFormats: ReadonlyMap<string, string> = new Map([
  ["application/pdf", "pdf"],
  ["text/plain", "txt"],
  ["text/markdown", "md"],
  ["text/html", "html"],
  ["text/csv", "csv"],
  ["application/msword", "doc"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
  ["application/vnd.ms-excel", "xls"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
]);

function documentOf(
  { content, mediaType, name }: DocumentBlock,
  path: string,
  names: DocumentNames,
): ConverseBlock {
  const format = documentFormats.get(mediaType);
  if (format === undefined) {
    const description = `Must be ${[...documentFormats.keys()].join(", ")}.`;
    throw GatewayError.invalid({ field: `${path}.media_type`, description });
  }
  return { document: { format, name: names(name), source: { bytes: base64Of(content) } } };
}

/** `status` is written for failures only: success is what is meant unasked, and not every model takes the member. */
function toolResultOf(
  { toolUseId, content, isError }: ToolResultBlock,
  path: string,
  names: DocumentNames,
): ConverseBlock {
  const blocks = placed(content, `${path}.tool_result`).flatMap((block) => blocksOf(block, names));
  const failed = isError ? { status: "error" } : {};
  return { toolResult: { toolUseId, content: blocks, ...failed } };
}

function reasoningOf({ text, signature, redactedContent }: ReasoningBlock): ConverseBlock[] {
  const blocks: ConverseBlock[] = [];
  if (signature) blocks.push({ reasoningContent: { reasoningText: { text, signature } } });
  if (redactedContent.length > 0) {
    blocks.push({ reasoningContent: { redactedContent: base64Of(redactedContent) } });
  }
  return blocks;
}
