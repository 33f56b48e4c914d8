import { type Attributes, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";

type SpanProcessor = NonNullable<
  NonNullable<ConstructorParameters<typeof NodeSDK>[0]>["spanProcessors"]
>[number];
type EndedSpan = Parameters<SpanProcessor["onEnd"]>[0];

/** A span as it ended, in plain words. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** The spans that it is linked with. */
  readonly links: readonly string[];
  readonly attributes: Attributes;
  readonly status: string;
  readonly events: number;
}

/** Keeps every span of this process in memory. */
export interface SpanCollector {
  readonly tracer: Tracer;
  /** Spans that have begun and not ended. */
  readonly open: number;
  /** Those of one trace, as they ended. */
  ofTrace(traceId: string): readonly CollectedSpan[];
  readonly all: readonly CollectedSpan[];
  /** The first that ended, or will end, and is such a one. */
  first(isIt: (span: CollectedSpan) => boolean): Promise<CollectedSpan>;
  /** Resolves when nothing is open any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the SDK with nothing but this; once per process, because the API's globals are set once. */
export function startSpanCollector(): SpanCollector {
  const all: CollectedSpan[] = [];
  const waiting: (() => void)[] = [];
  const watchers: ((span: CollectedSpan) => void)[] = [];
  let open = 0;
  const sdk = new NodeSDK({
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
    spanProcessors: [
      {
        onStart() {
          open++;
        },
        onEnd(span) {
          open--;
          const ended = collected(span);
          all.push(ended);
          for (const watch of watchers) watch(ended);
          if (open === 0) for (const wake of waiting.splice(0)) wake();
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  sdk.start();
  return {
    tracer: trace.getTracer("test"),
    all,
    get open() {
      return open;
    },
    ofTrace: (traceId) => all.filter((span) => span.traceId === traceId),
    first: (isIt) =>
      new Promise((resolve) => {
        const take = (span: CollectedSpan) => isIt(span) && resolve(span);
        watchers.push(take);
        for (const span of all) take(span);
      }),
    settled: () => (open === 0 ? Promise.resolve() : new Promise((wake) => waiting.push(wake))),
    close: () => sdk.shutdown(),
  };
}

function collected(span: EndedSpan): CollectedSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    kind: SpanKind[span.kind] ?? "",
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId,
    links: span.links.map(({ context }) => context.spanId),
    attributes: { ...span.attributes },
    status: SpanStatusCode[span.status.code] ?? "",
    events: span.events.length,
  };
}
