import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { it } from "node:test";
import { type AuditStoreWords, createTestChain, type TestChain } from "./words.ts";

/** What is stored, and read back by chain. */
export function appending(words: AuditStoreWords): void {
  it("is read back exactly: every byte, every number, in order", async () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const chain = await words.storedChain([
      {
        keys: 2,
        records: [{ bytes: everyByte }, { requestId: "", kind: 1 }, { bytes: Buffer.alloc(1) }],
      },
      { records: [{ kind: 255 }, { bytes: Buffer.alloc(300, 0) }] },
      { keys: 1, records: [] },
    ]);
    const { store } = words.stage;
    const { writer, batches } = chain;
    assert.deepEqual(await store.records(writer, 1, 100), chain.records);
    assert.deepEqual(
      await store.heads(writer, 1, 100),
      batches.map(({ head }) => head),
    );
    assert.deepEqual(
      await store.keys(writer, 1),
      batches.flatMap(({ keys }) => keys),
    );
    const segments = (await store.segments()).filter((segment) => segment.writer === writer);
    assert.deepEqual(segments, [{ writer, ...batches[0]?.begins }]);
    for (const { bytes } of await store.records(writer, 1, 100)) assert(Buffer.isBuffer(bytes));
  });

  it("is read from a place on, so many at a time", async () => {
    const one = [{ records: [{}, {}] }];
    const chain = await words.storedChain(Array.from({ length: 5 }, () => one).flat());
    const { store } = words.stage;
    const { writer } = chain;
    const sequences = async (from: number, limit: number) =>
      (await store.records(writer, from, limit)).map(({ sequence }) => sequence);
    assert.deepEqual(await sequences(1, 3), [1, 2, 3]);
    assert.deepEqual(await sequences(4, 3), [4, 5, 6]);
    assert.deepEqual(await sequences(9, 3), [9, 10]);
    assert.deepEqual(await sequences(11, 3), []);
    const numbers = async (from: number, limit: number) =>
      (await store.heads(writer, from, limit)).map(({ number }) => number);
    assert.deepEqual(await numbers(2, 2), [2, 3]);
    assert.deepEqual(await numbers(6, 2), []);
  });

  it("is done once, however often a batch is sent", async () => {
    const chain = await words.storedChain([{ keys: 1, records: [{}, {}] }]);
    const { store } = words.stage;
    const second = chain.next({ keys: 1 });
    await Promise.all([store.append(second), store.append(second)]);
    for (const batch of chain.batches) await store.append(batch);
    assert.deepEqual(await store.records(chain.writer, 1, 100), chain.records);
    assert.equal((await store.heads(chain.writer, 1, 100)).length, 2);
    assert.equal((await store.keys(chain.writer, 1)).length, 2);
  });

  it("is all of a batch or nothing", async () => {
    const chain = await words.storedChain([{ keys: 1 }]);
    const { store } = words.stage;
    const good = chain.next({ keys: 1, records: [{}, {}, {}] });
    const [first] = good.records;
    assert(first);
    const twice = { ...good, records: [...good.records, first] };
    await assert.rejects(store.append(twice));
    assert.equal((await store.records(chain.writer, 1, 100)).length, 1);
    assert.equal((await store.heads(chain.writer, 1, 100)).length, 1);
    assert.equal((await store.keys(chain.writer, 1)).length, 1);
    await store.append(good);
    assert.deepEqual(await store.records(chain.writer, 1, 100), chain.records);
  });

  it("refuses another head in the place of one that is there", async () => {
    const chain = await words.storedChain([{}]);
    const [batch] = chain.batches;
    assert(batch);
    const other = { ...batch, head: { ...batch.head, bytes: randomBytes(90) } };
    await assert.rejects(words.stage.store.append(other));
    assert.deepEqual(await words.stage.store.heads(chain.writer, 1, 9), [batch.head]);
  });

  it("takes several chains at once, each for itself", async () => {
    const { store } = words.stage;
    const startMs = words.anHour();
    const chains = Array.from({ length: 4 }, () => createTestChain(startMs));
    await Promise.all(
      chains.map(async (chain) => {
        for (let count = 0; count < 10; count++)
          await store.append(chain.next({ records: [{}, {}] }));
      }),
    );
    for (const { writer, records } of chains) {
      assert.deepEqual(await store.records(writer, 1, 100), records);
    }
  });

  it("takes a record of a megabyte, and gives as many as fit in one answer", async () => {
    const records = Array.from({ length: 3 }, () => ({ bytes: randomBytes(1_000_000) }));
    const chain = await words.storedChain(Array.from({ length: 8 }, () => ({ records })));
    const { store } = words.stage;
    const read = [];
    for (;;) {
      const page = await store.records(chain.writer, read.length + 1, 1000);
      if (page.length === 0) break;
      read.push(...page);
    }
    assert.deepEqual(read, chain.records);
  });

  it("knows the first head that covers a record", async () => {
    const chain = await words.storedChain([
      { records: [{}, {}] },
      { records: [] },
      { records: [{}] },
    ]);
    const { store } = words.stage;
    const [first, , third] = chain.batches.map(({ head }) => head);
    assert.deepEqual(await store.headOver(chain.writer, 1), first);
    assert.deepEqual(await store.headOver(chain.writer, 2), first);
    assert.deepEqual(await store.headOver(chain.writer, 3), third);
    assert.equal(await store.headOver(chain.writer, 4), undefined);
  });

  it("gives each chain's last head, the one that was written last first", async () => {
    // Later than any other test's.
    const lateMs = Date.UTC(2027, 5, 1);
    const chains: TestChain[] = [];
    for (const offsetMs of [2000, 1000, 3000]) {
      chains.push(await words.storedChain([{}, {}], lateMs + offsetMs));
    }
    const heads = [2, 0, 1].map((place) => chains[place]?.batches[1]?.head);
    assert.deepEqual(await words.stage.store.lastHeads(3), heads);
    assert.deepEqual(await words.stage.store.lastHeads(1), heads.slice(0, 1));
    const all = await words.stage.store.lastHeads(1000);
    assert.equal(new Set(all.map(({ writer }) => writer)).size, all.length);
    assert(all.length > 3);
  });

  it("is there again when it is opened again, and goes on", async () => {
    const chain = await words.storedChain([{ keys: 1 }, {}]);
    await words.stage.reopen();
    const { store } = words.stage;
    await store.append(chain.next({ begins: true, keys: 1 }));
    assert.deepEqual(await store.records(chain.writer, 1, 100), chain.records);
    const segments = (await store.segments()).filter(({ writer }) => writer === chain.writer);
    assert.deepEqual(
      segments.map(({ number }) => number),
      [1, 2],
    );
  });

  it("cannot be had from a store that is closed", async () => {
    const { store } = words.stage;
    await words.stage.reopen();
    await assert.rejects(store.append(createTestChain(words.anHour()).next()));
    await assert.rejects(store.segments());
  });
}
