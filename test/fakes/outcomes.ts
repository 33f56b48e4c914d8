import assert from "node:assert/strict";
import { GatewayError } from "../../server/core/error.ts";

/** The GatewayError that this ends in; anything else, an answer above all, fails the test. */
export async function refusalOf(attempt: () => unknown): Promise<GatewayError> {
  try {
    await attempt();
  } catch (error) {
    assert.ok(error instanceof GatewayError, `not a GatewayError: ${error}`);
    return error;
  }
  assert.fail("nothing was thrown");
}

/** Everything that a sequence brings. */
export async function readAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What a sequence brings before the error that it ends in. */
export async function readUntilError<T>(
  items: AsyncIterable<T>,
): Promise<{ items: T[]; error: unknown }> {
  const read: T[] = [];
  try {
    for await (const item of items) read.push(item);
  } catch (error) {
    return { items: read, error };
  }
  assert.fail("the sequence ended without an error");
}

/** Lets everything run that can run now. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether a promise has settled by now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await settle();
  return settled;
}
