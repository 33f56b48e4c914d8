/** How far this machine's clock is from AWS's. */
export interface DateWatch {
  /** Of the latest answer, positive when this clock is ahead; undefined before the first one. Exact to a second. */
  readonly skewMs: number | undefined;
  /** Reads the `Date` of every answer, errors too. */
  readonly middleware: <A extends object, R extends { response: unknown }>(
    next: (args: A) => Promise<R>,
  ) => (args: A) => Promise<R>;
}

/** Creates a watch; it takes the middle of a request's time for the moment in which AWS wrote the date. */
export function createDateWatch(epochMs: () => number = Date.now): DateWatch {
  let skewMs: number | undefined;
  return {
    get skewMs() {
      return skewMs;
    },
    middleware: (next) => async (args) => {
      const sentMs = epochMs();
      const result = await next(args);
      const date = dateOf(result.response);
      // The header has no fractions: on average half a second has passed since.
      if (date !== undefined) skewMs = (sentMs + epochMs()) / 2 - (date + 500);
      return result;
    },
  };
}

function dateOf(response: unknown): number | undefined {
  if (typeof response !== "object" || response === null || !("headers" in response)) {
    return undefined;
  }
  const headers = response.headers as Readonly<Record<string, string | undefined>>;
  const time = Date.parse(headers.date ?? "");
  return Number.isNaN(time) ? undefined : time;
}
