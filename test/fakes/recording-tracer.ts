import type {
  Attributes,
  AttributeValue,
  Context,
  Span,
  SpanOptions,
  SpanStatus,
  Tracer,
} from "@opentelemetry/api";

/** What became of one span. */
export interface RecordedSpan {
  readonly name: string;
  readonly parent: Context | undefined;
  readonly attributes: Attributes;
  /** The ids of the spans that it is linked with. */
  readonly links: readonly string[];
  status: SpanStatus | undefined;
  ends: number;
  /** Attributes that came after the end, which OpenTelemetry drops with a warning. */
  late: number;
}

/** A tracer that writes down what happens to its spans. */
export interface RecordingTracer extends Tracer {
  readonly spans: readonly RecordedSpan[];
}

/** `sampled: false` makes spans that do not record. */
export function createRecordingTracer({ sampled = true } = {}): RecordingTracer {
  const spans: RecordedSpan[] = [];
  const startSpan = (name: string, options: SpanOptions = {}, parent?: Context) => {
    const attributes = { ...options.attributes };
    const links = (options.links ?? []).map(({ context }) => context.spanId);
    const span = { name, parent, attributes, links, status: undefined, ends: 0, late: 0 };
    spans.push(span);
    return spanOver(span, sampled);
  };
  return {
    spans,
    startSpan,
    startActiveSpan: () => {
      throw new Error("spans travel on the call, never as the active span");
    },
  };
}

/** The ids of the W3C's own example. */
const sampleIds = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

function spanOver(recorded: RecordedSpan, sampled: boolean): Span {
  const span: Span = {
    spanContext: () => ({ ...sampleIds, traceFlags: sampled ? 1 : 0 }),
    setAttribute(name: string, value: AttributeValue) {
      if (recorded.ends > 0) recorded.late++;
      recorded.attributes[name] = value;
      return span;
    },
    setAttributes(attributes: Attributes) {
      if (recorded.ends > 0) recorded.late++;
      Object.assign(recorded.attributes, attributes);
      return span;
    },
    setStatus(status: SpanStatus) {
      recorded.status = status;
      return span;
    },
    end: () => void recorded.ends++,
    isRecording: () => sampled,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    updateName: () => span,
    recordException: () => {},
  };
  return span;
}
