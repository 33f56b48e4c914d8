/** What a child process answers, by name: one argument in, one answer out, both plain JSON. */
export type Methods = { readonly [name: string]: (argument: never) => unknown };

/** A question of the main process. */
export interface Question {
  readonly id: number;
  readonly method: string;
  readonly argument?: unknown;
}

/** What comes back: the answer, or why there is none. */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** What a child says once, when it can be used; `port` is where it listens. */
export interface Ready {
  readonly ready: true;
  readonly port: number;
}

/** Answers the questions that are in the table and leaves the others to whoever else listens in this process. */
export function answerQuestions(methods: Methods): void {
  process.on("message", async ({ id, method, argument }: Question) => {
    const find = methods[method] as ((argument: unknown) => unknown) | undefined;
    if (!find) return;
    try {
      process.send?.({ id, result: (await find(argument)) ?? null });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** Tells the main process that this one can be used, and lives from now on for as long as it is asked. */
export function reportReady(port: number): void {
  process.channel?.ref();
  process.send?.({ ready: true, port } satisfies Ready);
}
