import { base64Bytes } from "../bedrock/media.ts";
import { invalid } from "../bedrock/validation.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { CacheTtl, PromptPart } from "../prompt.ts";

/** Reads one type of block; `place` is where it stands, such as `messages.0.content.1`. */
type ReadBlock = (block: JsonObject, place: string) => readonly PromptPart[];

const imageTypes: readonly unknown[] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

const readImage: ReadBlock = ({ source }, place) => {
  const { type, media_type: mediaType, data } = isJsonObject(source) ? source : {};
  if (type !== "base64") throw invalid(`${place}.image.source.type: Input should be 'base64'`);
  if (!imageTypes.includes(mediaType)) {
    throw invalid(
      `${place}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
    );
  }
  const refusal = `${place}.image.source.base64.data: the data is not base64, or empty`;
  const bytes = base64Bytes(data, refusal);
  return [{ kind: "media", medium: "image", mediaType: String(mediaType), bytes }];
};

const readDocument: ReadBlock = ({ source, title }, place) => {
  const { type, media_type: mediaType, data, content } = isJsonObject(source) ? source : {};
  const named = typeof title === "string" ? { name: title } : {};
  const document = (media: string, bytes: number): readonly PromptPart[] => [
    { kind: "media", medium: "document", mediaType: media, bytes, ...named },
  ];
  const at = `${place}.document.source`;
  if (type === "base64" && mediaType === "application/pdf") {
    const refusal = `${at}.base64.data: the data is not base64, or empty`;
    return document(mediaType, base64Bytes(data, refusal));
  }
  if (type === "text" && mediaType === "text/plain" && typeof data === "string") {
    return document(mediaType, Buffer.byteLength(data));
  }
  if (type === "content") return document("text/plain", Buffer.byteLength(joinTexts(content)));
  throw invalid(
    `${at}: Input should be a PDF in base64, a plain text, or a list of content blocks`,
  );
};

const readToolUse: ReadBlock = ({ id, name, input }, place) => {
  if (typeof id !== "string" || !/^[a-zA-Z0-9_-]+$/.test(id)) {
    throw invalid(`${place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  if (typeof name !== "string") throw invalid(`${place}.tool_use.name: Field required`);
  if (!isJsonObject(input)) {
    throw invalid(`${place}.tool_use.input: Input should be a valid dictionary`);
  }
  return [{ kind: "tool-use", id, name, input }];
};

const readToolResult: ReadBlock = (block, place) => {
  const { tool_use_id: id, content, is_error: isError = false } = block;
  if (typeof id !== "string") throw invalid(`${place}.tool_result.tool_use_id: Field required`);
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
  const media = blocks.flatMap((each, index) =>
    isJsonObject(each) && each.type !== "text"
      ? readBlock(each, `${place}.tool_result.content.${index}`)
      : [],
  );
  return [
    { kind: "tool-result", id, text: joinTexts(content), isError: isError === true },
    ...media,
  ];
};

const readText: ReadBlock = ({ text }, place) => {
  if (typeof text !== "string") throw invalid(`${place}.text: Input should be a valid string`);
  if (text.trim() === "") throw invalid(`${place}: text content blocks must be non-empty`);
  return [{ kind: "text", text }];
};

const readers: Readonly<Record<string, ReadBlock>> = {
  text: readText,
  image: readImage,
  document: readDocument,
  tool_use: readToolUse,
  tool_result: readToolResult,
  thinking: ({ thinking, signature }, place) => {
    if (typeof signature === "string") return [{ kind: "reasoning", text: String(thinking) }];
    throw invalid(`${place}.thinking.signature: Field required`);
  },
  redacted_thinking: ({ data }) => [{ kind: "reasoning", text: String(data) }],
};

/** The text of a text, or of a list of text blocks. */
function joinTexts(content: unknown): string {
  if (typeof content === "string") return content;
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
  return blocks.map((block) => (isJsonObject(block) ? String(block.text ?? "") : "")).join("");
}

/** Reads a content block of Claude's; a `cache_control` on it becomes a cache point after it. */
export function readBlock(block: unknown, place: string): readonly PromptPart[] {
  if (!isJsonObject(block) || typeof block.type !== "string") {
    throw invalid(`${place}.type: Field required`);
  }
  const { type } = block;
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (!read) {
    const known = Object.keys(readers).map((each) => `'${each}'`);
    throw invalid(
      `${place}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${known.join(", ")}`,
    );
  }
  const ttl = readCacheControl(block.cache_control, place);
  return [...read(block, place), ...(ttl ? [{ kind: "cache-point", ttl } as const] : [])];
}

/** Reads `cache_control`; the cache lives 5 minutes if not said. */
export function readCacheControl(control: unknown, place: string): CacheTtl | undefined {
  if (control === undefined || control === null) return undefined;
  const { type, ttl = "5m" } = isJsonObject(control) ? control : {};
  if (type === "ephemeral" && (ttl === "5m" || ttl === "1h")) return ttl;
  throw invalid(`${place}.cache_control: Input should be of type ephemeral, with a ttl 5m or 1h`);
}
