import { Code } from "@connectrpc/connect";
import { GatewayCallError } from "./gateway-call-error.ts";

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Asks for the next one; empty on the last. */
  readonly nextPageToken: string;
}

/** What stands on all pages, asked for one after the other. A list that gives a page token twice would never end: it throws. */
export async function* allPages<T>(
  ask: (pageToken: string) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  const asked = new Set<string>();
  let pageToken = "";
  do {
    if (asked.has(pageToken)) throw endlessList();
    asked.add(pageToken);
    const { items, nextPageToken } = await ask(pageToken);
    yield* items;
    pageToken = nextPageToken;
  } while (pageToken);
}

function endlessList(): GatewayCallError {
  const problem = "The gateway's list has no end: it gave the same page token twice.";
  return new GatewayCallError(Code.Internal, problem);
}
