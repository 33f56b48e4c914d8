import type { SpanContext } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { createAttributeWriter, type WriteAttributes } from "./attribute-writer.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Writes one span as an element of `ScopeSpans.spans` (opentelemetry/proto/trace/v1/trace.proto). */
export function writeSpan(
  writer: ByteWriter,
  span: ReadableSpan,
  writeAttributes: WriteAttributes,
): void {
  const { parentSpanContext: parent } = span;
  const context = span.spanContext();
  writer.byte(0x12);
  const start = writer.begin();
  writeIds(writer, context);
  if (parent?.spanId) {
    writer.byte(0x22);
    writer.hex(parent.spanId);
  }
  writer.byte(0x2a);
  writer.text(span.name);
  writer.byte(0x30);
  writer.byte(span.kind + 1);
  writer.byte(0x39);
  writer.fixed64(span.startTime);
  writer.byte(0x41);
  writer.fixed64(span.endTime);
  writeAttributes(writer, span.attributes);
  writeCount(writer, 0x50, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event);
  writeCount(writer, 0x60, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, link);
  writeCount(writer, 0x70, span.droppedLinksCount);
  writeStatus(writer, span.status);
  // The sixteenth field's number takes two bytes.
  writer.byte(0x85);
  writer.byte(0x01);
  writer.fixed32(flagsOf(context.traceFlags, parent?.isRemote));
  writer.end(start);
}

type SpanEvent = ReadableSpan["events"][number];
type SpanLink = ReadableSpan["links"][number];

/** Few spans have events or links, so their attributes are not worth keeping. */
function writeEvent(writer: ByteWriter, event: SpanEvent): void {
  writer.byte(0x5a);
  const start = writer.begin();
  writer.byte(0x09);
  writer.fixed64(event.time);
  writer.byte(0x12);
  writer.text(event.name);
  if (event.attributes) createAttributeWriter(0x1a)(writer, event.attributes);
  writeCount(writer, 0x20, event.droppedAttributesCount ?? 0);
  writer.end(start);
}

function writeLink(writer: ByteWriter, link: SpanLink): void {
  writer.byte(0x6a);
  const start = writer.begin();
  writeIds(writer, link.context);
  if (link.attributes) createAttributeWriter(0x22)(writer, link.attributes);
  writeCount(writer, 0x28, link.droppedAttributesCount ?? 0);
  writer.byte(0x35);
  writer.fixed32(flagsOf(link.context.traceFlags, link.context.isRemote));
  writer.end(start);
}

function writeIds(writer: ByteWriter, { traceId, spanId, traceState }: SpanContext): void {
  writer.byte(0x0a);
  writer.hex(traceId);
  writer.byte(0x12);
  writer.hex(spanId);
  const state = traceState?.serialize();
  if (!state) return;
  writer.byte(0x1a);
  writer.text(state);
}

function writeCount(writer: ByteWriter, tag: number, count: number): void {
  writer.byte(tag);
  writer.varint(count);
}

function writeStatus(writer: ByteWriter, { code, message }: ReadableSpan["status"]): void {
  writer.byte(0x7a);
  const start = writer.begin();
  if (message) {
    writer.byte(0x12);
    writer.text(message);
  }
  writer.byte(0x18);
  writer.varint(code);
  writer.end(start);
}

/** The trace flags, and whether the parent or the linked span is another process's (bits 8 and 9). */
function flagsOf(traceFlags: number, isRemote = false): number {
  return (traceFlags & 0xff) | 0x100 | (isRemote ? 0x200 : 0);
}
