import assert from "node:assert/strict";
import { type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import {
  type Completed,
  CompletedSchema,
  CompleteResponseSchema,
  DeltaSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { draftAnswer } from "../../../server/edge/answer.ts";
import type { Codec } from "../../../server/providers/bedrock/codecs/codec.ts";
import type { Asked, StreamDecoder } from "../../../server/providers/codec-parts/stream-decoder.ts";

/** What a decoder makes of these chunks and of the end of the stream after them. */
export function readStream(
  codec: Codec,
  asked: Asked,
  chunks: readonly unknown[],
): CompletionEvent[] {
  return pushAll(codec.decodeStream(asked), chunks);
}

/** Pushes chunks and ends the stream. */
export function pushAll(decoder: StreamDecoder, chunks: readonly unknown[]): CompletionEvent[] {
  const events = chunks.flatMap((chunk) => decoder.push(chunk));
  return [...events, ...(decoder.end?.() ?? [])];
}

/** The end of a good answer. Fails unless `completed` is there once, and last. */
export function completedOf(events: readonly CompletionEvent[]): Completed {
  const last = events.at(-1);
  assert.ok(last?.case === "completed", "no completed at the end");
  assert.equal(events.filter((event) => event.case === "completed").length, 1, "several completed");
  return last.value;
}

/** What a caller of `Complete` would get, as JSON of `CompleteResponse`. */
export function answerOf(events: readonly CompletionEvent[]): JsonValue {
  const draft = draftAnswer();
  for (const event of events) if (event.case === "delta") draft.add(event.value);
  return toJson(CompleteResponseSchema, draft.finish(completedOf(events)));
}

/** The pieces of text, in order. */
export function piecesOf(events: readonly CompletionEvent[]): string[] {
  return events.flatMap((event) =>
    event.case === "delta" && event.value.piece.case === "text" ? [event.value.piece.value] : [],
  );
}

/** All text of an answer. */
export function textOf(events: readonly CompletionEvent[]): string {
  return piecesOf(events).join("");
}

/** Fails when an event cannot travel: a count beyond its type, half a code point, an empty piece of text. */
export function assertSendable(events: readonly CompletionEvent[]): void {
  for (const event of events) {
    if (event.case === "delta") toBinary(DeltaSchema, event.value);
    if (event.case === "completed") toBinary(CompletedSchema, event.value);
  }
  for (const piece of piecesOf(events)) assert.notEqual(piece, "", "an empty piece");
}
