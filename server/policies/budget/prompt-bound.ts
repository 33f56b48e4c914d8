import type {
  CompleteRequest,
  ContentBlock,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../core/call.ts";

/** How large a prompt can become at most, as a model counts it. */
export interface PromptSize {
  /** Every token of a text is at least one byte of it. */
  readonly textTokens: number;
  /** Pictures and documents cost by what they show, not by their bytes. */
  readonly hasMedia: boolean;
  /** Whether some of it is to be cached for an hour, which costs most. */
  readonly isKeptForAnHour: boolean;
}

/** What a chat template writes around a prompt and around each message: tags, roles, line breaks. */
const promptOverhead = 256;
const messageOverhead = 32;

/** What makers write into a prompt that has tools (Anthropic: Tool use, system prompt tokens: at most 530), and around each. */
const toolsOverhead = 1024;
const toolOverhead = 64;

/** JSON is written anew for the model: with spaces, perhaps indented. */
const jsonSpacing = 2;

/** A letter that is not ASCII may come to the model as `\u00e9`. */
const escapeBytes = 6;

/** The largest context window that anybody sells, for models of which nobody knows theirs. */
const largestContextTokens = 2_000_000;

/** AWS and Anthropic: Prompt caching; what is kept longer than five minutes costs more. */
const usualCacheSeconds = 300n;

/**
 * On the request itself, and with whose it is, because copies of a request take it along. A WeakMap of requests would keep all
 * of them until the old generation is collected (docs/decisions/2026-11-24-no-long-lived-maps-of-calls.md).
 */
const measured = Symbol("size of the prompt");

type Measurable = CompleteRequest & {
  [measured]?: { readonly of: CompleteRequest; readonly size: PromptSize };
};

/** Measured once for each request. */
export function promptSizeOf(request: CompleteRequest): PromptSize {
  const known = (request as Measurable)[measured];
  if (known?.of === request) return known.size;
  const size = measure(request);
  (request as Measurable)[measured] = { of: request, size };
  return size;
}

/** The most tokens that the prompt can have at an endpoint, together with a text that is to be gone on with. */
export function promptBound(
  request: CompleteRequest,
  { contextTokens = largestContextTokens }: Endpoint,
  continuedText = "",
): number {
  const { textTokens, hasMedia } = promptSizeOf(request);
  return hasMedia ? contextTokens : textTokens + textBound(continuedText);
}

function measure(request: CompleteRequest): PromptSize {
  const { system, messages, tools, responseFormat, systemCachePoint } = request;
  let textTokens = promptOverhead + textBound(system);
  let hasMedia = false;
  let isKeptForAnHour = isLong(systemCachePoint?.ttl?.seconds);
  const add = ({ block }: ContentBlock): void => {
    switch (block.case) {
      case "text":
        textTokens += textBound(block.value.text);
        break;
      case "toolUse":
        textTokens += toolOverhead + textBound(block.value.id + block.value.name);
        textTokens += jsonBound(block.value.input);
        break;
      case "toolResult":
        textTokens += toolOverhead + textBound(block.value.toolUseId);
        block.value.content.forEach(add);
        break;
      case "reasoning":
        textTokens += textBound(block.value.text + block.value.signature);
        textTokens += block.value.redactedContent.length;
        break;
      case "document":
        if (block.value.mediaType.startsWith("text/")) {
          textTokens += messageOverhead + block.value.content.length + textBound(block.value.name);
        } else hasMedia = true;
        break;
      case "image":
        hasMedia = true;
        break;
      case "cachePoint":
        isKeptForAnHour ||= isLong(block.value.ttl?.seconds);
        break;
    }
  };
  for (const { content } of messages) {
    textTokens += messageOverhead;
    content.forEach(add);
  }
  const format = responseFormat?.format;
  const schema = format?.case === "jsonSchema" ? format.value : undefined;
  if (tools.length > 0 || schema) textTokens += toolsOverhead;
  if (schema) textTokens += toolOverhead + textBound(schema.name) + jsonBound(schema.schema);
  for (const { name, description, inputSchema } of tools) {
    textTokens += toolOverhead + textBound(name + description) + jsonBound(inputSchema);
  }
  return { textTokens, hasMedia, isKeptForAnHour };
}

/** Some tokenizers write letters in their compatible form first, which can be longer (Unicode: NFKC). */
function textBound(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes === text.length) return bytes;
  return Math.max(bytes, Buffer.byteLength(text.normalize("NFKC")));
}

function jsonBound(value: unknown): number {
  if (value === undefined) return 0;
  const json = JSON.stringify(value);
  const isAscii = Buffer.byteLength(json) === json.length;
  return jsonSpacing * json.length * (isAscii ? 1 : escapeBytes);
}

function isLong(seconds: bigint | undefined): boolean {
  return seconds !== undefined && seconds > usualCacheSeconds;
}
