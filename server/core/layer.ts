import type { Call } from "./call.ts";
import type { Reply } from "./reply.ts";

/** Turns a call into an answer, or throws a `GatewayError`. */
export type Handler<C = Call> = (call: C) => Promise<Reply>;

/**
 * One concern around a handler. Its types say what it needs to know (`C`) and what it adds for those below (`D`), so
 * it cannot be put where its input does not exist yet.
 */
export interface Layer<C = Call, D = C> {
  readonly name: string;
  wrap(next: Handler<D>): Handler<C>;
}

/** A layer's place in a path. */
export interface LayerPlace {
  readonly name: string;
  /** Why the layer stands there and nowhere else, for those who read the path. */
  readonly reason: string;
}

/** A finished path: the handler, and its layers from the outside in. */
export interface Pipeline {
  readonly handle: Handler;
  readonly layers: readonly LayerPlace[];
}

/** Layers in order, outermost first; `Inner` is what the next one receives. */
export interface Stack<Inner> {
  /** Puts one more layer under those that are there, and says why it stands there. */
  push<D>(layer: Layer<Inner, D>, reason: string): Stack<D>;
  /** Ends the stack with the handler that does the work. */
  over(handler: Handler<Inner>): Pipeline;
}

/** Begins a stack. Two layers of one name are a mistake and throw at once. */
export function stack(): Stack<Call> {
  return grow([], (handler) => handler);
}

function grow<Inner>(
  layers: readonly LayerPlace[],
  wrapAll: (inner: Handler<Inner>) => Handler,
): Stack<Inner> {
  return {
    push<D>({ name, wrap }: Layer<Inner, D>, reason: string) {
      if (layers.some((layer) => layer.name === name)) {
        throw new Error(`the layer ${name} stands twice`);
      }
      return grow<D>([...layers, { name, reason }], (inner) => wrapAll(wrap(inner)));
    },
    over: (handler) => ({ handle: wrapAll(handler), layers }),
  };
}
