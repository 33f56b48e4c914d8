import type {
  CompleteRequest,
  ContentBlock,
  ToolResultBlock,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { base64Of } from "../codec-parts/base64.ts";
import { type PlacedBlock, type Turn, turnsOf } from "../codec-parts/turns.ts";
import type { Dialect } from "./dialect.ts";
import { documentPart, documentText } from "./document-part.ts";

/** The conversation as Chat Completions has it, the system's message first. */
export function openAiMessages(request: CompleteRequest, dialect: Dialect): object[] {
  const turns = turnsOf(request.messages).flatMap((turn) =>
    turn.role === "assistant" ? assistantMessage(turn) : userMessages(turn, dialect),
  );
  return [...systemMessage(request, dialect), ...turns];
}

type Block = ContentBlock["block"];

/** A part of a message's content. */
type Part = Readonly<Record<string, unknown>>;

/** Everything up to this part may be cached (OpenAI: Prompt caching, explicit breakpoints). */
const cacheMark = { prompt_cache_breakpoint: { mode: "explicit" } };

function systemMessage({ system, systemCachePoint }: CompleteRequest, dialect: Dialect): object[] {
  if (system === "") return [];
  const isMarked = dialect.marksCachePoints && systemCachePoint !== undefined;
  const content = isMarked ? [{ type: "text", text: system, ...cacheMark }] : system;
  return [{ role: dialect.systemRole, content }];
}

/** Reasoning is left out: Chat Completions neither shows its own nor takes any back. */
function assistantMessage({ blocks }: Turn): object[] {
  const text = blocks.map(({ block }) => (block.case === "text" ? block.value.text : "")).join("");
  const calls = blocks.flatMap(({ block }) => {
    if (block.case !== "toolUse") return [];
    const { id, name, input = {} } = block.value;
    return [{ id, type: "function", function: { name, arguments: JSON.stringify(input) } }];
  });
  if (text === "" && calls.length === 0) return [];
  return [
    {
      role: "assistant",
      ...(text !== "" && { content: text }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

/** Each result of a tool is a message of its own; they must stand right behind the uses that they answer. */
function userMessages({ blocks }: Turn, dialect: Dialect): object[] {
  const results = blocks.flatMap(({ block }) =>
    block.case === "toolResult" ? [toolMessage(block.value)] : [],
  );
  const parts = partsOf(blocks, dialect);
  return parts.length === 0 ? results : [...results, { role: "user", content: contentOf(parts) }];
}

/** One text alone is written as a string, the form that every server knows. */
function contentOf(parts: readonly Part[]): unknown {
  const [only] = parts;
  const isPlain = parts.length === 1 && only?.type === "text" && Object.keys(only).length === 2;
  return isPlain ? only.text : parts;
}

function partsOf(blocks: readonly PlacedBlock[], { marksCachePoints }: Dialect): Part[] {
  const parts: Part[] = [];
  for (const { block } of blocks) {
    const last = parts.at(-1);
    if (block.case !== "cachePoint") parts.push(...partOf(block));
    else if (marksCachePoints && last) parts[parts.length - 1] = { ...last, ...cacheMark };
  }
  return parts;
}

function partOf(block: Block): Part[] {
  switch (block.case) {
    case "text":
      return [{ type: "text", text: block.value.text }];
    case "image": {
      const { content, mediaType } = block.value;
      const url = `data:${mediaType};base64,${base64Of(content)}`;
      return [{ type: "image_url", image_url: { url } }];
    }
    case "document":
      return [{ ...documentPart(block.value) }];
    default:
      return [];
  }
}

/** The form has no mark for a tool that failed, so the text says it. */
function toolMessage({ toolUseId, content, isError }: ToolResultBlock): object {
  const text = content.map(({ block }) => textOf(block)).join("\n");
  return { role: "tool", tool_call_id: toolUseId, content: isError ? `Error: ${text}` : text };
}

function textOf(block: Block): string {
  if (block.case === "text") return block.value.text;
  return block.case === "document" ? documentText(block.value) : "";
}
