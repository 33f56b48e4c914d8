import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Attributes, HrTime, Link, SpanContext } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import fc from "fast-check";
import { createTraceSerializer } from "../../../../server/telemetry/otlp/trace-serializer.ts";

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((id) => Buffer.from(id).toString("hex"));
const text = fc.string({ unit: "binary", maxLength: 200 });
const scalar = fc.oneof(text, fc.boolean(), fc.double(), fc.maxSafeInteger());
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.oneof(fc.constantFrom("gen_ai.request.model", "cloud.region", "axonflow.hop.index"), text),
  fc.oneof(scalar, fc.array(text, { maxLength: 3 })),
  { maxKeys: 12 },
);
const time: fc.Arbitrary<HrTime> = fc.tuple(
  fc.nat({ max: 5_000_000_000 }),
  fc.nat({ max: 999_999_999 }),
);
const spanContext: fc.Arbitrary<SpanContext> = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  traceFlags: fc.nat({ max: 255 }),
  isRemote: fc.boolean(),
  traceState: fc.option(text, { nil: undefined }).map((state) => stateOf(state)),
}) as fc.Arbitrary<SpanContext>;
const link: fc.Arbitrary<Link> = fc.record({
  context: spanContext,
  attributes,
  droppedAttributesCount: fc.nat(),
});

function stateOf(text: string | undefined) {
  return text === undefined ? undefined : { serialize: () => text };
}

const resources = [
  { ...resourceFromAttributes({ "service.name": "axonflow-gateway" }), schemaUrl: undefined },
  { attributes: { "service.name": "other", "process.pid": 7 }, schemaUrl: "https://example.com/1" },
] as unknown as readonly ReadableSpan["resource"][];
const scopes = [
  { name: "axonflow-gateway" },
  { name: "other", version: "1.2.3", schemaUrl: "https://example.com/2" },
];

const span: fc.Arbitrary<ReadableSpan> = fc
  .record({
    name: text,
    kind: fc.nat({ max: 4 }),
    context: spanContext,
    parentSpanContext: fc.option(spanContext, { nil: undefined }),
    startTime: time,
    endTime: time,
    status: fc.record({
      code: fc.nat({ max: 2 }),
      message: fc.option(text, { nil: undefined }),
    }),
    attributes,
    links: fc.array(link, { maxLength: 2 }),
    events: fc.array(
      fc.record({ name: text, time, attributes, droppedAttributesCount: fc.nat() }),
      { maxLength: 2 },
    ),
    resource: fc.constantFrom(...resources),
    instrumentationScope: fc.constantFrom(...scopes),
    droppedAttributesCount: fc.nat(),
    droppedEventsCount: fc.nat(),
    droppedLinksCount: fc.nat(),
  })
  .map(
    ({ context, ...rest }) => ({ ...rest, spanContext: () => context }) as unknown as ReadableSpan,
  );

const bytes = (request: Uint8Array | undefined) => Buffer.from(request ?? []).toString("hex");

describe("spans as OTLP", () => {
  it("are byte for byte what the SDK's own serializer writes, for any spans, again and again", () => {
    const serializer = createTraceSerializer();
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        assert.equal(
          bytes(serializer.serializeRequest(spans)),
          bytes(ProtobufTraceSerializer.serializeRequest(spans)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("do not change when a key has had more values than are kept", () => {
    const serializer = createTraceSerializer();
    const [sample] = fc.sample(span, { numRuns: 1, seed: 7 });
    assert(sample);
    for (let value = 0; value < 600; value++) {
      const numbered: ReadableSpan[] = [
        {
          ...(sample as ReadableSpan),
          attributes: { id: `value ${value}`, even: value % 2 === 0 },
        },
      ];
      assert.equal(
        bytes(serializer.serializeRequest(numbered)),
        bytes(ProtobufTraceSerializer.serializeRequest(numbered)),
      );
    }
  });
});
