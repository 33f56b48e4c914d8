import { create } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  type ContentBlock,
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/** A rule of thumb for text of any language: four bytes of UTF-8 are a token. */
const bytesPerToken = 4;

/**
 * Where nobody reported anything: an estimate from the texts, marked as one and never zero. Takes the answer's length
 * in bytes of UTF-8, because keeping the text of a stream just to measure it would cost its whole length in memory. Who
 * is asked for the rest of an answer reads the text that it continues, too.
 */
export function estimateUsage(
  request: CompleteRequest,
  answerBytes: number,
  continuedText = "",
): Usage {
  let promptBytes = Buffer.byteLength(request.system) + Buffer.byteLength(continuedText);
  for (const { content } of request.messages) promptBytes += bytesOfAll(content);
  for (const { name, description, inputSchema } of request.tools) {
    promptBytes += Buffer.byteLength(name + description) + jsonBytes(inputSchema);
  }
  return create(UsageSchema, {
    inputTokens: tokensOf(promptBytes),
    outputTokens: tokensOf(answerBytes),
    source: UsageSource.ESTIMATED,
  });
}

/** What a large picture costs at Anthropic (its vision guide: about 1,600 tokens), as bytes of text. */
const imageBytes = 1600 * bytesPerToken;

/** A page of a PDF is some 50 KB and, at Anthropic, 1,500 to 3,000 tokens: a sixth of its bytes, as bytes of text. */
const documentShare = 6;

function bytesOfAll(content: readonly ContentBlock[]): number {
  return content.reduce((sum, block) => sum + bytesOf(block), 0);
}

function bytesOf({ block }: ContentBlock): number {
  switch (block.case) {
    case "text":
      return Buffer.byteLength(block.value.text);
    case "image":
      return imageBytes;
    case "document": {
      const { content, mediaType } = block.value;
      return mediaType.startsWith("text/") ? content.length : content.length / documentShare;
    }
    case "toolUse":
      return Buffer.byteLength(block.value.name) + jsonBytes(block.value.input);
    case "toolResult":
      return bytesOfAll(block.value.content);
    case "reasoning":
      return Buffer.byteLength(block.value.text) + block.value.redactedContent.length;
    default:
      return 0;
  }
}

function jsonBytes(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** At least one token, even for no text: a call that was made cost something. */
function tokensOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / bytesPerToken));
}
