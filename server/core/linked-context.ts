import {
  type Context,
  createContextKey,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";

const linksKey = createContextKey("axonflow links");

/**
 * The context of a copy of a call, for example of shadow mode: a root of its own, because it may outlive the call, with a
 * link to the call's span. The first span that is started in it carries the link.
 */
export function shadowContext(context: Context): Context {
  const spanContext = trace.getSpanContext(context);
  const links: readonly Link[] =
    spanContext && isSpanContextValid(spanContext) ? [{ context: spanContext }] : [];
  return ROOT_CONTEXT.setValue(linksKey, links);
}

/** The links for the first span of a copy; undefined in the context of a call. */
export function linksOf(context: Context): readonly Link[] | undefined {
  return context.getValue(linksKey) as readonly Link[] | undefined;
}

/** The context for everything below that first span. */
export function withoutLinks(context: Context): Context {
  // Taking something out copies the context, and a call's own has no links.
  return linksOf(context) ? context.deleteValue(linksKey) : context;
}
