import { create } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/** A rule of thumb for text of any language: four bytes of UTF-8 are a token. */
const bytesPerToken = 4;

/**
 * Where nobody reported anything: an estimate from the texts, marked as one and never zero. Takes the answer's length
 * in bytes of UTF-8, because keeping the text of a stream just to measure it would cost its whole length in memory.
 */
export function estimateUsage(request: CompleteRequest, answerBytes: number): Usage {
  let promptBytes = Buffer.byteLength(request.system);
  for (const { content } of request.messages) {
    for (const { block } of content) {
      if (block.case === "text") promptBytes += Buffer.byteLength(block.value.text);
    }
  }
  return create(UsageSchema, {
    inputTokens: tokensOf(promptBytes),
    outputTokens: tokensOf(answerBytes),
    source: UsageSource.ESTIMATED,
  });
}

/** At least one token, even for no text: a call that was made cost something. */
function tokensOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / bytesPerToken));
}
