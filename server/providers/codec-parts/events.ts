import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  CompletedSchema,
  DeltaSchema,
  FinishReason,
  ServiceTier,
  type Usage,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../core/reply.ts";

/** A piece of text; no event for an empty one. Plain, because there is one for every token and `create` would copy it. */
export function textDelta(blockIndex: number, text: string): CompletionEvent[] {
  if (text === "") return [];
  const piece = { case: "text", value: text } as const;
  return [{ case: "delta", value: { $typeName: DeltaSchema.typeName, blockIndex, piece } }];
}

/** A piece of reasoning. */
export function reasoningDelta(
  blockIndex: number,
  piece: {
    readonly text?: string;
    readonly signature?: string;
    readonly redactedContent?: Uint8Array;
  },
): CompletionEvent {
  return delta(blockIndex, { case: "reasoning", value: piece });
}

/** A piece of a tool use; `id` and `name` belong into its first piece. */
export function toolUseDelta(
  blockIndex: number,
  piece: { readonly id?: string; readonly name?: string; readonly inputJson?: string },
): CompletionEvent {
  return delta(blockIndex, { case: "toolUse", value: piece });
}

/** How an answer ended. */
export interface AnswerEnd {
  readonly finishReason: FinishReason;
  /** The model's own word; empty when the gateway ended the answer before the model had said one. */
  readonly word: string;
  readonly stopSequence?: string | undefined;
  readonly usage: Usage;
  /** The tier that served; absent where the body does not tell. */
  readonly serviceTier?: ServiceTier | undefined;
}

/** The end of a good answer. The provider and the doors fill in what a codec does not know. */
export function completed({ word, stopSequence = "", ...end }: AnswerEnd) {
  const { finishReason, usage, serviceTier = ServiceTier.UNSPECIFIED } = end;
  const value = create(CompletedSchema, {
    finishReason,
    providerFinishReason: word,
    stopSequence,
    usage,
    serviceTier,
  });
  return { case: "completed", value } as const satisfies CompletionEvent;
}

/** What a model's word means. The words are an open set: one that nobody knows yet is OTHER. */
export function finishReasonOf(
  word: string,
  table: ReadonlyMap<string, FinishReason>,
): FinishReason {
  return table.get(word) ?? FinishReason.OTHER;
}

function delta(
  blockIndex: number,
  piece: NonNullable<MessageInitShape<typeof DeltaSchema>["piece"]>,
): CompletionEvent {
  return { case: "delta", value: create(DeltaSchema, { blockIndex, piece }) };
}
