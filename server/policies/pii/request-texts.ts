import type { JsonObject } from "@bufbuild/protobuf";
import type {
  CompleteRequest,
  ContentBlock,
  Message,
  ResponseFormat,
  Tool,
  ToolChoice,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { documentText } from "./document-text.ts";

/** How each kind of text in a request is rewritten. What needs no change comes back as it was. */
export interface RequestRewriting {
  /** What a model reads. */
  readonly text: (text: string) => string;
  /** What goes along with a call and is never answered with: no token would come back out of it. */
  readonly label: (text: string) => string;
  /** Values, and the names of values. */
  readonly json: (json: JsonObject) => JsonObject;
  /** The same for a schema, whose numbers are limits. */
  readonly schema: (schema: JsonObject) => JsonObject;
  /** A name that has to stay what it is; throws where it may not pass. */
  readonly name: (name: string) => string;
  /** An id that only has to be the same wherever it stands. */
  readonly id: (id: string) => string;
  /** The model's own reasoning; undefined where what is left of it cannot be given back. */
  readonly reasoning: (text: string) => string | undefined;
}

/** A request with all of its texts rewritten. Pictures and documents other than texts are as they were. */
export function rewriteRequest(
  request: CompleteRequest,
  rewriting: RequestRewriting,
): CompleteRequest {
  const { text, label } = rewriting;
  return {
    ...request,
    prompt: text(request.prompt),
    system: text(request.system),
    messages: request.messages.flatMap((message) => messageOf(message, rewriting)),
    stopSequences: request.stopSequences.map(text),
    tools: request.tools.map((tool) => toolOf(tool, rewriting)),
    ...(request.toolChoice && { toolChoice: choiceOf(request.toolChoice, rewriting) }),
    ...(request.responseFormat && { responseFormat: formatOf(request.responseFormat, rewriting) }),
    tags: tagsOf(request.tags, label),
    user: label(request.user),
    conversationId: label(request.conversationId),
  };
}

function tagsOf(tags: CompleteRequest["tags"], label: (text: string) => string) {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [label(key), label(value)]));
}

/** Without reasoning there may be nothing left of a message. */
function messageOf(message: Message, rewriting: RequestRewriting): Message[] {
  const content = message.content.flatMap((block) => blockOf(block, rewriting));
  return content.length === 0 && message.content.length > 0 ? [] : [{ ...message, content }];
}

function blockOf(placed: ContentBlock, rewriting: RequestRewriting): ContentBlock[] {
  const block = rewrittenBlock(placed.block, rewriting);
  return block ? [{ ...placed, block }] : [];
}

type Block = ContentBlock["block"];

function rewrittenBlock(block: Block, rewriting: RequestRewriting): Block | undefined {
  const { text, label, json, name, id, reasoning } = rewriting;
  switch (block.case) {
    case "text":
      return { case: block.case, value: { ...block.value, text: text(block.value.text) } };
    case "document": {
      const content = documentOf(block.value, text);
      return {
        case: block.case,
        value: { ...block.value, name: label(block.value.name), content },
      };
    }
    case "toolUse": {
      const { input, ...use } = block.value;
      const value = { ...use, id: id(use.id), name: name(use.name) };
      return { case: block.case, value: { ...value, ...(input && { input: json(input) }) } };
    }
    case "toolResult": {
      const { toolUseId, content } = block.value;
      const inner = content.flatMap((each) => blockOf(each, rewriting));
      return {
        case: block.case,
        value: { ...block.value, toolUseId: id(toolUseId), content: inner },
      };
    }
    case "reasoning": {
      const rewritten = reasoning(block.value.text);
      if (rewritten === undefined) return undefined;
      return { case: block.case, value: { ...block.value, text: rewritten } };
    }
    default:
      return block;
  }
}

function documentOf(
  { mediaType, content }: { readonly mediaType: string; readonly content: Uint8Array },
  rewrite: (text: string) => string,
): Uint8Array {
  if (!/^text\/|[/+](?:json|xml|yaml)$/i.test(mediaType)) return content;
  const text = documentText(content);
  const rewritten = rewrite(text);
  return rewritten === text ? content : Buffer.from(rewritten, "utf8");
}

function toolOf(tool: Tool, { text, name, schema }: RequestRewriting): Tool {
  return {
    ...tool,
    name: name(tool.name),
    description: text(tool.description),
    ...(tool.inputSchema && { inputSchema: schema(tool.inputSchema) }),
  };
}

function choiceOf({ choice, ...rest }: ToolChoice, { name }: RequestRewriting): ToolChoice {
  if (choice.case !== "toolName") return { ...rest, choice };
  return { ...rest, choice: { case: choice.case, value: name(choice.value) } };
}

function formatOf(
  { format, ...rest }: ResponseFormat,
  { name, schema }: RequestRewriting,
): ResponseFormat {
  if (format.case !== "jsonSchema") return { ...rest, format };
  const value = { ...format.value, name: name(format.value.name) };
  const rewritten = value.schema ? { ...value, schema: schema(value.schema) } : value;
  return { ...rest, format: { case: format.case, value: rewritten } };
}
