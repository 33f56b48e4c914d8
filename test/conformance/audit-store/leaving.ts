import assert from "node:assert/strict";
import { it } from "node:test";
import type { AuditStoreWords } from "./words.ts";

/** How segments leave the log. */
export function leaving(words: AuditStoreWords): void {
  const sweepAll = async () => {
    while (await words.stage.store.sweep()) {
      // Goes on.
    }
  };
  const threeSegments = () =>
    words.storedChain([
      { keys: 2, records: [{}, {}] },
      { records: [{}] },
      { begins: true, keys: 1, records: [{}, {}] },
      { begins: true, keys: 1, records: [{}] },
    ]);
  const summariesOf = async (chain: string) =>
    (await words.stage.store.segments())
      .filter(({ writer }) => writer === chain)
      .map(({ summary }) => summary?.toString());

  it("keeps a shredded segment's summary and drops its keys, and no other's", async () => {
    const { writer, records } = await threeSegments();
    const { store } = words.stage;
    await store.shred(writer, 1, Buffer.from("what is left"));
    assert.deepEqual(await store.keys(writer, 1), []);
    assert.equal((await store.keys(writer, 2)).length, 1);
    assert.deepEqual(await summariesOf(writer), ["what is left", undefined, undefined]);
    await store.shred(writer, 1, Buffer.from("something else"));
    assert.deepEqual(await summariesOf(writer), ["what is left", undefined, undefined]);
    await sweepAll();
    assert.deepEqual(await store.records(writer, 1, 9), records.slice(3));
    const heads = await store.heads(writer, 1, 9);
    assert.deepEqual(
      heads.map(({ number }) => number),
      [3, 4],
    );
    assert.equal((await store.headOver(writer, 4))?.number, 3);
    assert.deepEqual(await summariesOf(writer), ["what is left", undefined, undefined]);
  });

  it("sweeps on where a process ended between the two", async () => {
    const { writer, records } = await threeSegments();
    await words.stage.store.shred(writer, 2, Buffer.from("the middle"));
    await words.stage.reopen();
    await sweepAll();
    const { store } = words.stage;
    const expected = records.filter(({ segment }) => segment !== 2);
    assert.deepEqual(await store.records(writer, 1, 9), expected);
    assert.equal(await store.sweep(), false);
  });

  it("takes a whole chain out, whose last head is then gone, while others stay", async () => {
    const stays = await threeSegments();
    const { writer, batches } = await threeSegments();
    const { store } = words.stage;
    for (const segment of [1, 2, 3]) await store.shred(writer, segment, Buffer.from(`s${segment}`));
    await sweepAll();
    const left = (await store.lastHeads(1000)).map((head) => head.writer);
    assert(!left.includes(writer));
    assert(left.includes(stays.writer));
    assert.deepEqual(await summariesOf(writer), ["s1", "s2", "s3"]);
    const startMs = batches[0]?.head.epochMs ?? 0;
    const found = await store.find({ fromEpochMs: startMs, toEpochMs: startMs + 1, limit: 9 });
    assert.deepEqual(found, []);
    assert.deepEqual(await store.records(stays.writer, 1, 9), stays.records);
  });

  it("sweeps many records in steps, and appends go on between them", async () => {
    const records = Array.from({ length: 3000 }, () => ({}));
    const chain = await words.storedChain([{ records }, { begins: true }]);
    const { store } = words.stage;
    await store.shred(chain.writer, 1, Buffer.from("much"));
    const sweeping = sweepAll();
    await store.append(chain.next());
    await sweeping;
    assert.deepEqual(await store.records(chain.writer, 1, 9), chain.records.slice(3000));
  });
}
