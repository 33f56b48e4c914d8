import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  CompletedSchema,
  DeltaSchema,
  FinishReason,
  UsageSchema,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../server/core/reply.ts";

/** A piece of text. */
export function textEvent(text: string, blockIndex = 0): CompletionEvent {
  return deltaEvent({ blockIndex, piece: { case: "text", value: text } });
}

/** Any piece. */
export function deltaEvent(delta: MessageInitShape<typeof DeltaSchema>): CompletionEvent {
  return { case: "delta", value: create(DeltaSchema, delta) };
}

/** The end of a good answer: 8 tokens in, 6 out. */
export function completedEvent(
  change: MessageInitShape<typeof CompletedSchema> = {},
): CompletionEvent {
  return {
    case: "completed",
    value: create(CompletedSchema, {
      finishReason: FinishReason.STOP,
      providerFinishReason: "end_turn",
      usage: sampleUsage(),
      ...change,
    }),
  };
}

/** The text of a delta, the case of anything else: sequences are compared by it. */
export function wordOf(event: CompletionEvent): string {
  if (event.case !== "delta") return event.case;
  const { piece } = event.value;
  return piece.case === "text" ? piece.value : (piece.case ?? "");
}

/** Counts as a provider reports them. */
export function sampleUsage(inputTokens = 8, outputTokens = 6) {
  return create(UsageSchema, { inputTokens, outputTokens, source: UsageSource.REPORTED });
}
