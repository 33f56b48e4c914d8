import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import { linksOf, shadowContext, withoutLinks } from "../../../server/core/linked-context.ts";
import { traceHeaders } from "../../../server/core/trace-headers.ts";

const spanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
};
const traced = trace.setSpanContext(ROOT_CONTEXT, spanContext);

/** Writes what the SDK's propagators write: the span, and the baggage. */
const propagator: TextMapPropagator = {
  inject(context, carrier, { set }) {
    set(carrier, "traceparent", trace.getSpanContext(context)?.spanId ?? "");
    const baggage = propagation.getBaggage(context);
    if (baggage) set(carrier, "baggage", JSON.stringify(baggage.getAllEntries()));
  },
  extract: (context: Context) => context,
  fields: () => ["traceparent", "baggage"],
};

describe("the headers that a provider is sent", () => {
  before(() => void propagation.setGlobalPropagator(propagator));
  after(() => propagation.disable());

  it("name the span, and nothing of the caller's baggage", () => {
    const baggage = propagation.createBaggage({ user: { value: "john" } });
    const context = propagation.setBaggage(traced, baggage);
    assert.deepEqual(traceHeaders(context), { traceparent: spanContext.spanId });
  });

  it("are none where nobody traces", () => assert.deepEqual(traceHeaders(ROOT_CONTEXT), {}));
});

describe("the context of a copy", () => {
  it("is a root with a link to the call's span, for the first span alone", () => {
    const context = shadowContext(traced);
    assert.equal(trace.getSpanContext(context), undefined);
    assert.deepEqual(linksOf(context), [{ context: spanContext }]);
    assert.equal(linksOf(withoutLinks(context)), undefined);
  });

  it("is known as a copy's where nobody traces, too, and a call's is not", () => {
    assert.deepEqual(linksOf(shadowContext(ROOT_CONTEXT)), []);
    assert.equal(linksOf(traced), undefined);
  });
});
