import assert from "node:assert/strict";
import { it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { KeyStoreWords } from "./words.ts";

/** Longer than any store may take to tell of a change, or to say that it is away. */
const patience = { timeout: 30_000 };

/** Who is told of changes, and what is there when the store has been away. */
export function lasting(words: KeyStoreWords): void {
  const { record, created, found, successorOf, isRefused } = words;

  it("tell of each change, until they are told to stop", patience, async () => {
    const key = await created();
    const changes: readonly (() => Promise<unknown>)[] = [
      () => created(),
      () => words.stage.keys.rotate(key.id, successorOf(key), words.stage.epochMs() + 60_000),
      () => words.stage.keys.revoke(key.id, words.stage.epochMs()),
    ];
    let stopped = 0;
    const stop = words.stage.keys.watch(() => {
      stopped += 1;
    });
    stop();
    for (const change of changes) {
      const told = Promise.withResolvers<void>();
      const stopWatching = words.stage.keys.watch(told.resolve);
      await change();
      await told.promise;
      stopWatching();
    }
    assert.equal(stopped, 0);
  });

  it("tell all who watch, even by one function, and each can stop alone", patience, async () => {
    let times = 0;
    const both = Promise.withResolvers<void>();
    const count = () => {
      times += 1;
      if (times >= 2) both.resolve();
    };
    const stops = [
      words.stage.keys.watch(count),
      words.stage.keys.watch(count),
      words.stage.keys.watch(count),
    ];
    stops[0]?.();
    await created();
    await both.promise;
    for (const stop of stops) stop();
  });

  it("are there again when the store is opened again", async () => {
    const [held, old, revoked] = [await created(), await created(), await created()];
    await words.stage.keys.rotate(old.id, successorOf(old), words.stage.epochMs() + 60_000);
    await words.stage.keys.revoke(revoked.id, words.stage.epochMs());
    const before = await words.stage.keys.list();
    await words.stage.reopen();
    assert.deepEqual(await words.stage.keys.list(), before);
    await isRefused(
      words.stage.keys.create(record({ name: held.name })),
      ErrorReason.KEY_NAME_TAKEN,
    );
  });

  it(
    "cannot be had while the store is away, which it says; then they are back",
    patience,
    async () => {
      const key = await created();
      await words.stage.breakOff();
      const { keys } = words.stage;
      const asked = [
        keys.list(),
        keys.create(record()),
        keys.revoke(key.id, words.stage.epochMs()),
        keys.rotate(key.id, successorOf(key), words.stage.epochMs()),
      ];
      await Promise.all(asked.map((answer) => isRefused(answer, ErrorReason.LEDGER_UNAVAILABLE)));
      await words.stage.mend();
      assert.deepEqual(await found(key), key);
      await created();
    },
  );

  it("cannot be had from a store that is closed", patience, async () => {
    const { keys } = words.stage;
    await words.stage.reopen();
    await isRefused(keys.list(), ErrorReason.LEDGER_UNAVAILABLE);
    await isRefused(keys.create(record()), ErrorReason.LEDGER_UNAVAILABLE);
  });
}
