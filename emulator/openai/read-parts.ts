import { isJsonObject, type JsonObject } from "../json.ts";
import { type PromptPart, textParts } from "../prompt.ts";
import { invalidRequest } from "./openai-error.ts";
import type { OpenAiModel } from "./openai-models.ts";
import { unsupportedParameter, wrongType } from "./request-fields.ts";

const everyKind = ["text", "image_url", "input_audio", "file"];

/** Reads a message's content: a text, or a list of parts of the kinds that the message may have. */
export function readParts(
  content: unknown,
  place: string,
  model: OpenAiModel,
  kinds: readonly string[] = everyKind,
): PromptPart[] {
  if (typeof content === "string") return [...textParts(content)];
  if (!Array.isArray(content))
    throw wrongType(place, "one of a string or array of objects", content);
  return content.flatMap((part: unknown, at) => {
    const spot = `${place}[${at}]`;
    if (!isJsonObject(part)) throw wrongType(spot, "an object", part);
    return [...readPart(part, spot, model, kinds), ...readBreakpoint(part, spot, model)];
  });
}

function readPart(
  part: JsonObject,
  place: string,
  model: OpenAiModel,
  kinds: readonly string[],
): readonly PromptPart[] {
  const { type } = part;
  if (typeof type !== "string" || !kinds.includes(type)) {
    const list = kinds.map((kind) => `'${kind}'`).join(", ");
    throw invalidRequest(`Invalid value: '${String(type)}'. Supported values are: ${list}.`, {
      param: `${place}.type`,
      code: "invalid_value",
    });
  }
  if (type === "text" || type === "refusal") return readText(part[type], `${place}.${type}`);
  if (!model.seesImages || type === "input_audio") {
    throw invalidRequest(`Invalid content type. ${type} is only supported by certain models.`, {
      param: `${place}.type`,
    });
  }
  return [type === "file" ? readFile(part.file, place) : readImage(part.image_url, place)];
}

function readText(text: unknown, place: string): readonly PromptPart[] {
  if (typeof text !== "string") throw wrongType(place, "a string", text);
  return textParts(text);
}

function readImage(image: unknown, place: string): PromptPart {
  const url = isJsonObject(image) ? image.url : undefined;
  const found = dataUrl(url);
  if (!found || !/^image\/(?:png|jpeg|gif|webp)$/.test(found.mediaType)) {
    throw invalidRequest(
      "Invalid base64 image_url. The emulator takes images as data: URLs in base64 only.",
      { param: `${place}.image_url.url`, code: "invalid_base64" },
    );
  }
  return { kind: "media", medium: "image", ...found };
}

function readFile(file: unknown, place: string): PromptPart {
  const { filename, file_data: data } = isJsonObject(file) ? file : {};
  const found = dataUrl(data);
  if (found?.mediaType !== "application/pdf" || typeof filename !== "string") {
    throw invalidRequest(
      "Invalid file data: 'file_data'. Expected a base64-encoded data URL with an application/pdf MIME type, and a filename.",
      { param: `${place}.file.file_data`, code: "invalid_value" },
    );
  }
  return { kind: "media", medium: "document", ...found, name: filename };
}

function dataUrl(url: unknown): { mediaType: string; bytes: number } | undefined {
  const match = /^data:([a-z]+\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(String(url));
  const [, mediaType = "", base64 = ""] = match ?? [];
  return match ? { mediaType, bytes: Buffer.byteLength(base64, "base64") } : undefined;
}

/** A breakpoint stands on a part and caches all up to its end. */
function readBreakpoint(
  { prompt_cache_breakpoint: breakpoint }: JsonObject,
  place: string,
  model: OpenAiModel,
): readonly PromptPart[] {
  if (breakpoint === undefined) return [];
  if (!model.hasBreakpoints) throw unsupportedParameter(`${place}.prompt_cache_breakpoint`);
  if (isJsonObject(breakpoint) && breakpoint.mode === "explicit") {
    return [{ kind: "cache-point", ttl: "5m" }];
  }
  throw wrongType(`${place}.prompt_cache_breakpoint`, "an object", breakpoint);
}
