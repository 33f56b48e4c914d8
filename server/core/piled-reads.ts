import type { CompletionEvent } from "./reply.ts";

type Result = IteratorResult<CompletionEvent>;

/** What becomes of one read: its result, or its error. */
export interface Reader<T> {
  readonly take: (result: Result) => T;
  readonly fail: (error: unknown) => T;
}

/**
 * Another way to read our own iterators: whoever stands above is called with what was read, so that a pile of layers costs
 * one promise a token and not one each.
 */
export const readInto = Symbol("readInto");

/** An iterator that may know that way. Give the same reader object each time. */
export interface PiledIterator extends AsyncIterator<CompletionEvent> {
  [readInto]?<T>(reader: Reader<T | Promise<T>>): Promise<T>;
}

/** Reads once, by the short way where there is one. */
export function readFrom<T>(source: PiledIterator, reader: Reader<T | Promise<T>>): Promise<T> {
  return source[readInto]?.(reader) ?? source.next().then(reader.take, reader.fail);
}

/** A reader that does one thing and hands the outcome to the next. */
export function pile<T>(
  own: Reader<Result | Promise<Result>>,
  above: Reader<T | Promise<T>>,
): Reader<T | Promise<T>> {
  const handOn = (outcome: Result | Promise<Result>) =>
    outcome instanceof Promise ? outcome.then(above.take, above.fail) : above.take(outcome);
  // Written out twice, because a function made for every token is what this file saves.
  return {
    take(result) {
      let outcome: Result | Promise<Result>;
      try {
        outcome = own.take(result);
      } catch (error) {
        return above.fail(error);
      }
      return handOn(outcome);
    },
    fail(error) {
      let outcome: Result | Promise<Result>;
      try {
        outcome = own.fail(error);
      } catch (failure) {
        return above.fail(failure);
      }
      return handOn(outcome);
    },
  };
}

/** Makes something again only when it is asked about something else. */
export function rememberLast<K, V>(make: (key: K) => V): (key: K) => V {
  let last: { readonly key: K; readonly value: V } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}
