import { isJsonObject, type JsonObject } from "../../json.ts";
import type { PromptPart } from "../../prompt.ts";
import { base64Bytes } from "../media.ts";
import { invalid } from "../validation.ts";

/** Reads one kind of block; `place` is where it stands, such as `messages.0.content.1`. */
type ReadBlock = (value: JsonObject, place: string) => readonly PromptPart[];

const mediaFormats = {
  image: ["png", "jpeg", "gif", "webp"],
  document: ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"],
  video: ["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"],
  audio: ["mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "m4a", "webm"],
} as const;

const readMedia =
  (medium: keyof typeof mediaFormats): ReadBlock =>
  ({ format, name, source }, place) => {
    const formats: readonly unknown[] = mediaFormats[medium];
    if (!formats.includes(format)) {
      throw invalid(
        `1 validation error detected: Value '${String(format)}' at '${place}.${medium}.format' failed to satisfy constraint: Member must satisfy enum value set: [${formats.join(", ")}]`,
      );
    }
    if (medium === "document" && (typeof name !== "string" || name === "")) {
      throw invalid(`${place}.document.name: a document has a name that is not empty`);
    }
    const bytes = readSource(source, `${place}.${medium}.source`);
    const named = typeof name === "string" ? { name } : {};
    return [{ kind: "media", medium, mediaType: String(format), bytes, ...named }];
  };

/** Bytes in base64, text, or an object in S3, which is never read and counts as empty. */
function readSource(source: unknown, place: string): number {
  if (!isJsonObject(source)) throw invalid(`${place}: a source has bytes or an s3Location`);
  if (isJsonObject(source.s3Location)) return 0;
  if (typeof source.text === "string") return Buffer.byteLength(source.text);
  if (Array.isArray(source.content)) return Buffer.byteLength(JSON.stringify(source.content));
  return base64Bytes(source.bytes, `${place}.bytes: the bytes are not base64, or there are none`);
}

const readToolResult: ReadBlock = ({ toolUseId, content, status }, place) => {
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
  const text = blocks.map((block) => resultText(block)).join("");
  const media = blocks.flatMap((block, index) =>
    isJsonObject(block) && !("json" in block) && !("text" in block)
      ? readBlock(block, `${place}.toolResult.content.${index}`)
      : [],
  );
  const isError = status === "error";
  return [{ kind: "tool-result", id: String(toolUseId), text, isError }, ...media];
};

function resultText(block: unknown): string {
  if (!isJsonObject(block)) return "";
  if (typeof block.text === "string") return block.text;
  return "json" in block ? JSON.stringify(block.json) : "";
}

const readReasoning: ReadBlock = ({ reasoningText, redactedContent }) => {
  const text = isJsonObject(reasoningText) ? String(reasoningText.text) : "";
  return [{ kind: "reasoning", text: text || String(redactedContent ?? "") }];
};

const readers: Readonly<Record<string, ReadBlock>> = {
  image: readMedia("image"),
  document: readMedia("document"),
  video: readMedia("video"),
  audio: readMedia("audio"),
  toolUse: ({ toolUseId, name, input }) => [
    { kind: "tool-use", id: String(toolUseId), name: String(name), input },
  ],
  toolResult: readToolResult,
  reasoningContent: readReasoning,
  guardContent: ({ text }) => [{ kind: "text", text: isJsonObject(text) ? String(text.text) : "" }],
  cachePoint: ({ ttl }) => [{ kind: "cache-point", ttl: ttl === "1h" ? "1h" : "5m" }],
  citationsContent: ({ content }) => [{ kind: "text", text: joinTexts(content) }],
  searchResult: ({ content }) => [{ kind: "text", text: joinTexts(content) }],
};

function joinTexts(content: unknown): string {
  return (Array.isArray(content) ? content : [])
    .map((block: unknown) => resultText(block))
    .join("");
}

/** Reads a content block of Converse or Nova; it has exactly one member, which names its kind. */
export function readBlock(block: unknown, place: string): readonly PromptPart[] {
  const [entry, ...others] = isJsonObject(block) ? Object.entries(block) : [];
  if (!entry || others.length > 0) {
    throw invalid(`The content block at ${place} has no single member that names its kind.`);
  }
  const [kind, value] = entry;
  if (kind === "text") return [readText(value, place)];
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  if (read && isJsonObject(value)) return read(value, place);
  throw invalid(`The content block at ${place} is of an unknown kind: ${kind}.`);
}

function readText(text: unknown, place: string): PromptPart {
  if (typeof text === "string" && text.trim() !== "") return { kind: "text", text };
  throw invalid(
    `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
  );
}
