import { create } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/** A rule of thumb for text of any language: four bytes of UTF-8 are a token. */
const bytesPerToken = 4;

/** Where nobody reported anything: an estimate from the texts, marked as one and never zero. */
export function estimateUsage(request: CompleteRequest, answer: string): Usage {
  const texts = request.messages.flatMap(({ content }) =>
    content.map(({ block }) => (block.case === "text" ? block.value.text : "")),
  );
  return create(UsageSchema, {
    inputTokens: estimateTokens([request.system, ...texts].join("\n")),
    outputTokens: estimateTokens(answer),
    source: UsageSource.ESTIMATED,
  });
}

/** At least one token, even for no text: a call that was made cost something. */
function estimateTokens(text: string): number {
  return Math.max(1, Math.ceil(Buffer.byteLength(text) / bytesPerToken));
}
