import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import fc from "fast-check";
import type { StoredRecord } from "../../../server/core/audit-store.ts";
import { type AuditStoreWords, createTestChain, newestFirst } from "./words.ts";

/** Records of all chains, by what they are found by. */
export function finding(words: AuditStoreWords): void {
  it("is empty where nothing was written", async () => {
    const fromEpochMs = words.anHour();
    const query = { fromEpochMs, toEpochMs: fromEpochMs + 1000, limit: 10 };
    assert.deepEqual(await words.stage.store.find(query), []);
    assert.deepEqual(await words.stage.store.records(randomUUID(), 1, 10), []);
    assert.deepEqual(await words.stage.store.heads(randomUUID(), 1, 10), []);
    assert.deepEqual(await words.stage.store.keys(randomUUID(), 1), []);
    assert.equal(await words.stage.store.headOver(randomUUID(), 1), undefined);
  });

  it("is found from a time on, and before another", async () => {
    const startMs = words.anHour();
    const at = (epochMs: number) => ({ epochMs: startMs + epochMs });
    const chain = await words.storedChain([{ records: [at(0), at(10), at(20), at(30)] }], startMs);
    const found = await words.stage.store.find({
      fromEpochMs: startMs + 10,
      toEpochMs: startMs + 30,
      limit: 10,
    });
    assert.deepEqual(found, chain.records.slice(1, 3).toReversed());
  });

  it("is found by request, by kind, and by both", async () => {
    const startMs = words.anHour();
    const [one, two] = [randomUUID(), randomUUID()];
    const chain = await words.storedChain(
      [
        {
          records: [
            { kind: 1, requestId: "" },
            { kind: 10, requestId: one },
          ],
        },
        {
          records: [
            { kind: 10, requestId: two },
            { kind: 11, requestId: one },
          ],
        },
        {
          records: [
            { kind: 11, requestId: two },
            { kind: 20, requestId: "" },
          ],
        },
      ],
      startMs,
    );
    const range = { fromEpochMs: startMs, toEpochMs: startMs + 1, limit: 10 };
    const places = async (query: object) =>
      (await words.stage.store.find({ ...range, ...query })).map(({ sequence }) => sequence);
    assert.deepEqual(await places({}), [6, 5, 4, 3, 2, 1]);
    assert.deepEqual(await places({ kinds: [10] }), [3, 2]);
    assert.deepEqual(await places({ kinds: [1, 20, 99] }), [6, 1]);
    assert.deepEqual(await places({ kinds: [] }), []);
    assert.deepEqual(await places({ requestId: one }), [4, 2]);
    assert.deepEqual(await places({ requestId: one, kinds: [11, 20] }), [4]);
    assert.deepEqual(await places({ requestId: randomUUID() }), []);
    assert.deepEqual(await places({ requestId: one, limit: 1 }), [4]);
    assert.deepEqual(await places({ requestId: one, after: chain.records[3] }), [2]);
    assert.deepEqual(await places({ requestId: one, toEpochMs: startMs }), []);
  });

  it("is given page by page without gaps or repeats, in one order, while more is written", async () => {
    const time = fc.nat({ max: 6 });
    const entry = fc.record({ chain: fc.nat({ max: 2 }), epochMs: time, kind: fc.nat({ max: 3 }) });
    const query = fc.record({
      limit: fc.integer({ min: 1, max: 7 }),
      from: time,
      to: time,
      kinds: fc.option(fc.subarray([1, 2, 3, 4], { minLength: 1 }), { nil: undefined }),
    });
    const property = fc.asyncProperty(
      fc.array(entry, { maxLength: 25 }),
      fc.array(entry, { maxLength: 10 }),
      query,
      async (before, meanwhile, { limit, from, to, kinds }) => {
        const { store } = words.stage;
        const startMs = words.anHour();
        const chains = Array.from({ length: 3 }, () => createTestChain(startMs));
        const write = async ({ chain, epochMs, kind }: (typeof before)[number]) => {
          const batch = chains[chain]?.next({
            records: [{ epochMs: startMs + epochMs, kind: kind + 1 }],
          });
          if (batch) await store.append(batch);
          return batch?.records ?? [];
        };
        const there: StoredRecord[] = [];
        for (const draft of before) there.push(...(await write(draft)));
        const range = { fromEpochMs: startMs + from, toEpochMs: startMs + to };
        const isAsked = ({ epochMs, kind }: (typeof there)[number]) =>
          epochMs >= range.fromEpochMs &&
          epochMs < range.toEpochMs &&
          (kinds?.includes(kind) ?? true);
        const waiting = [...meanwhile];
        const found = await words.pages({ ...range, kinds, limit }, async () => {
          const draft = waiting.shift();
          if (draft) await write(draft);
        });
        assert.deepEqual(found, found.toSorted(newestFirst));
        const places = found.map(({ writer, sequence }) => `${writer}/${sequence}`);
        assert.equal(new Set(places).size, places.length);
        assert(found.every(isAsked));
        const known = new Set(there);
        const old = found.filter(({ writer, sequence }) =>
          [...known].some((record) => record.writer === writer && record.sequence === sequence),
        );
        assert.deepEqual(old, there.filter(isAsked).toSorted(newestFirst));
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  it("is found over the turns of months and years", async () => {
    const startMs = Date.UTC(2023, 11, 31, 23, 59, 59, 999);
    const monthMs = 31 * 24 * 3_600_000;
    const records = [0, 1, monthMs, 3 * monthMs].map((laterMs) => ({ epochMs: startMs + laterMs }));
    const chain = await words.storedChain(
      [{ records: records.slice(0, 2) }, { records: records.slice(2) }],
      startMs,
    );
    const { store } = words.stage;
    const range = { fromEpochMs: startMs, toEpochMs: startMs + 2 * monthMs };
    assert.deepEqual(
      await words.pages({ ...range, limit: 1 }),
      chain.records.slice(0, 3).toReversed(),
    );
    assert.deepEqual(await store.records(chain.writer, 1, 9), chain.records);
  });
}
