import {
  type CachePoint,
  type CompleteRequest,
  type ContentBlock,
  type Message,
  Role,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { FieldViolation } from "../core/error.ts";
import { violation } from "./violation.ts";

const mostMessages = 10_000;
const imageTypes = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const mediaType = /^[a-z]+\/[a-z0-9.+-]{1,100}$/;
const cacheTtlSeconds = new Set([300n, 3600n]);

/** What the contract says about `prompt` and `messages`, checked. */
export function conversationViolations({ prompt, messages }: CompleteRequest): FieldViolation[] {
  if (prompt !== "" && messages.length > 0) {
    return [violation("prompt", "Set either prompt or messages, not both.")];
  }
  if (prompt !== "") {
    return prompt.trim() === "" ? [violation("prompt", "Must be more than white space.")] : [];
  }
  if (messages.length === 0) return [violation("prompt", "Set prompt or messages.")];
  if (messages.length > mostMessages) {
    return [violation("messages", `At most ${mostMessages} messages.`)];
  }
  return [
    ...messages.flatMap(messageViolations),
    ...endViolations(messages),
    ...toolResultViolations(messages),
  ];
}

function endViolations(messages: readonly Message[]): FieldViolation[] {
  const found: FieldViolation[] = [];
  if (messages[0]?.role === Role.ASSISTANT) {
    found.push(violation("messages[0].role", "The first message must be the user's."));
  }
  if (messages.at(-1)?.role === Role.ASSISTANT) {
    const last = `messages[${messages.length - 1}].role`;
    found.push(violation(last, "The last message must be the user's."));
  }
  return found;
}

/** A result without the use that it answers is refused by every provider, in words that help nobody. */
function toolResultViolations(messages: readonly Message[]): FieldViolation[] {
  const used = new Set<string>();
  return messages.flatMap(({ content }, turn) =>
    content.flatMap(({ block }, at) => {
      if (block.case === "toolUse") used.add(block.value.id);
      if (block.case !== "toolResult" || used.has(block.value.toolUseId)) return [];
      const field = `messages[${turn}].content[${at}].tool_result.tool_use_id`;
      return [violation(field, "Must be the id of a tool_use in an earlier message.")];
    }),
  );
}

function messageViolations({ role, content }: Message, index: number): FieldViolation[] {
  const path = `messages[${index}]`;
  const found = content.flatMap(({ block }, at) => [
    ...roleViolations(block, role, `${path}.content[${at}]`),
    ...blockViolations(block, `${path}.content[${at}]`),
  ]);
  if (role !== Role.USER && role !== Role.ASSISTANT) {
    found.push(violation(`${path}.role`, "Must be ROLE_USER or ROLE_ASSISTANT."));
  }
  if (content.length === 0) {
    found.push(violation(`${path}.content`, "Must have at least one block."));
  }
  return found;
}

type Block = ContentBlock["block"];

const onlyIn = new Map<Block["case"], Role>([
  ["image", Role.USER],
  ["document", Role.USER],
  ["toolResult", Role.USER],
  ["toolUse", Role.ASSISTANT],
  ["reasoning", Role.ASSISTANT],
]);

function roleViolations(block: Block, role: Role, path: string): FieldViolation[] {
  const wanted = onlyIn.get(block.case);
  if (wanted === undefined || wanted === role) return [];
  const owner = wanted === Role.USER ? "a user's" : "an assistant's";
  return [violation(path, `Blocks of this kind belong in ${owner} message.`)];
}

function blockViolations(block: Block, path: string): FieldViolation[] {
  switch (block.case) {
    case "text":
      return unless(block.value.text.trim(), `${path}.text`, "Must be more than white space.");
    case "image":
      return [
        ...unless(block.value.content.length, `${path}.image.content`, "Must hold the file."),
        ...unless(
          imageTypes.has(block.value.mediaType),
          `${path}.image.media_type`,
          `Must be ${[...imageTypes].join(", ")}.`,
        ),
      ];
    case "document":
      return [
        ...unless(block.value.content.length, `${path}.document.content`, "Must hold the file."),
        ...unless(
          mediaType.test(block.value.mediaType),
          `${path}.document.media_type`,
          "Must be a media type such as application/pdf or text/plain.",
        ),
      ];
    case "toolUse":
      return [
        ...unless(block.value.id, `${path}.tool_use.id`, "Must be set."),
        ...unless(block.value.name, `${path}.tool_use.name`, "Must be set."),
      ];
    case "toolResult":
      return resultViolations(block.value.content, `${path}.tool_result`);
    case "cachePoint":
      return cachePointViolations(block.value, `${path}.cache_point`);
    case "reasoning":
      return [];
    default:
      return [violation(path, "Must have one of its kinds set.")];
  }
}

const resultKinds: ReadonlySet<Block["case"]> = new Set(["text", "image", "document"]);

function resultViolations(content: readonly ContentBlock[], path: string): FieldViolation[] {
  return content.flatMap(({ block }, at) => {
    const place = `${path}.content[${at}]`;
    return resultKinds.has(block.case)
      ? blockViolations(block, place)
      : [violation(place, "Must be a text, an image or a document.")];
  });
}

/** Both of the contract's cache points. */
export function cachePointViolations(
  { ttl }: Pick<CachePoint, "ttl">,
  path: string,
): FieldViolation[] {
  const isKnown = !ttl || (cacheTtlSeconds.has(ttl.seconds) && ttl.nanos === 0);
  return unless(isKnown, `${path}.ttl`, "Must be 300s or 3600s, or left out for 300s.");
}

function unless(holds: unknown, field: string, rule: string): FieldViolation[] {
  return holds ? [] : [violation(field, rule)];
}
