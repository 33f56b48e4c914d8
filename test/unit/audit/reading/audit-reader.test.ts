import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, it } from "node:test";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { leafHash } from "../../../../server/audit/chain/hashes.ts";
import { createLocalMasterKey } from "../../../../server/audit/keys/local-master-key.ts";
import type { MasterKey } from "../../../../server/audit/keys/master-key.ts";
import { createAuditReader } from "../../../../server/audit/reading/audit-reader.ts";
import type { ReadQuery, ReadRecord } from "../../../../server/core/audit-reading.ts";
import type { AuditStore } from "../../../../server/core/audit-store.ts";
import { testMasterKey } from "../../../fakes/audit-world.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { refusalOf } from "../../../fakes/outcomes.ts";
import { writeAuditLog } from "../../../fakes/written-audit-log.ts";

const everything: ReadQuery = {
  fromEpochMs: 0,
  toEpochMs: Number.MAX_SAFE_INTEGER,
  kinds: [],
  requestId: undefined,
  matches: () => true,
  after: undefined,
  limit: 1000,
};

function readerOf(store: AuditStore, masterKey: MasterKey = testMasterKey) {
  const clock = createManualClock();
  return { clock, reader: createAuditReader({ store, masterKey, clock }) };
}

/** A log of two gateways. */
const store = createMemoryAuditStore();
before(() => writeAuditLog(store));

async function pages(query: ReadQuery): Promise<ReadRecord[]> {
  const { reader } = readerOf(store);
  const records: ReadRecord[] = [];
  for (let after = query.after; ; ) {
    const page = await reader.list({ ...query, after });
    assert.ok(page.records.length <= query.limit);
    records.push(...page.records);
    if (!page.next) return records;
    after = page.next;
  }
}

describe("the reader of a log", () => {
  it("lists every record once, the newest first, in pages of any size", async () => {
    const all = await pages(everything);
    assert.equal(all.length, store.rows.records.length);
    const times = all.map(({ position }) => position.epochMs);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    for (const limit of [1, 7, 50]) {
      assert.deepEqual(await pages({ ...everything, limit }), all, `pages of ${limit}`);
    }
  });

  it("lists what is asked for: kinds, a time, a request, and whatever can be read", async () => {
    const all = await pages(everything);
    const intents = all.filter(({ kind }) => kind === "intent");
    assert.deepEqual(await pages({ ...everything, kinds: ["intent"], limit: 3 }), intents);
    const [middle] = intents.slice(10);
    assert.ok(middle);
    const { requestId, position } = middle;
    const about = await pages({ ...everything, requestId });
    assert.deepEqual(
      about.map(({ kind }) => kind),
      ["outcome", "intent"],
    );
    const sooner = await pages({ ...everything, toEpochMs: position.epochMs });
    assert.deepEqual(
      sooner,
      all.filter((record) => record.position.epochMs < position.epochMs),
    );
    const matches = ({ tenant }: ReadRecord) => tenant === "t1";
    const ofTenant = await pages({ ...everything, matches, limit: 2 });
    assert.deepEqual(ofTenant, all.filter(matches));
    assert.ok(ofTenant.length > 5);
  });

  it("looks for so long, and says where to go on", async () => {
    const large = createMemoryAuditStore();
    await writeAuditLog(large, { gateways: 1, rounds: 45, mostInSegment: 1000 });
    assert.ok(large.rows.records.length > 200);
    const clock = createManualClock();
    const find: AuditStore["find"] = (query) => {
      clock.advance(2000);
      return large.find(query);
    };
    const slow = { ...large, find };
    const reader = createAuditReader({ store: slow, masterKey: testMasterKey, clock });
    const none = { ...everything, matches: () => false };
    const { records, next } = await reader.list(none);
    assert.equal(records.length, 0);
    assert.ok(next);
    assert.deepEqual(await reader.list({ ...none, after: next }), { records: [], next: undefined });
  });

  it("gets one record by its place, and says when there is none", async () => {
    const { reader } = readerOf(store);
    const [first] = store.rows.records;
    assert.ok(first);
    const record = await reader.get(first.writer, 1);
    assert.deepEqual([record.kind, record.bytes], ["start", first.bytes]);
    assert.deepEqual(record.leafHash, leafHash(first.bytes));
    for (const [writer, sequence] of [
      [first.writer, 100_000],
      [randomUUID(), 1],
    ] as const) {
      const { reason } = await refusalOf(() => reader.get(writer, sequence));
      assert.equal(reason, ErrorReason.AUDIT_ENTRY_NOT_FOUND);
    }
  });

  it("says why a record cannot be read, and shows what anybody may know of it", async () => {
    const { rows } = store;
    const at = rows.records.findIndex(({ kind }) => kind === 10);
    const [row] = rows.records.slice(at);
    assert.ok(row);
    const changed = Buffer.from(row.bytes);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const other = createLocalMasterKey(Buffer.alloc(32, 1));
    const cases: readonly (readonly [AuditStore, MasterKey, RegExp])[] = [
      [store, other, /^It is encrypted with local:\w+, and this gateway has local:\w+\.$/],
      [
        createMemoryAuditStore({ ...rows, keys: [] }),
        testMasterKey,
        /^Its data key is not there any more\.$/,
      ],
      [
        createMemoryAuditStore({
          ...rows,
          records: rows.records.with(at, { ...row, bytes: changed }),
        }),
        testMasterKey,
        /^It is not as it was written\.$/,
      ],
      [
        createMemoryAuditStore({
          ...rows,
          keys: rows.keys.map((key) => ({ ...key, bytes: Buffer.from("no key") })),
        }),
        testMasterKey,
        /JSON/,
      ],
    ];
    for (const [damaged, masterKey, says] of cases) {
      const { reader } = readerOf(damaged, masterKey);
      const record = await reader.get(row.writer, row.sequence);
      assert.match(record.unreadable, says);
      assert.deepEqual([record.content, record.kind], [undefined, "intent"]);
    }
  });

  it("asks the master key once for each key, again after a minute, and not on after a failure", async () => {
    let asked = 0;
    let isAway = false;
    const masterKey: MasterKey = {
      ...testMasterKey,
      unwrap(...what) {
        asked += 1;
        return isAway ? Promise.reject(new Error("KMS is away")) : testMasterKey.unwrap(...what);
      },
    };
    const { reader, clock } = readerOf(store, masterKey);
    const all = (await reader.list(everything)).records;
    const inUse = new Set(
      all.flatMap(({ keyNumber, position, segment }) =>
        keyNumber > 0 ? `${position.writer} ${segment}` : [],
      ),
    );
    const isInUse = ({ writer, segment }: { writer: string; segment: number }) =>
      inUse.has(`${writer} ${segment}`);
    const keys = store.rows.keys.filter(isInUse).length;
    assert.equal(asked, keys);
    await reader.list(everything);
    assert.equal(asked, keys);
    clock.advance(60_000);
    isAway = true;
    const { records } = await reader.list(everything);
    assert.equal(asked, 2 * keys);
    assert.ok(records.some(({ unreadable }) => unreadable === "KMS is away"));
  });

  it("says that the log is away when its store does not answer", async () => {
    const away = () => Promise.reject(new Error("no connection"));
    const { reader } = readerOf({ ...store, find: away, records: away, segments: away });
    const { signal } = new AbortController();
    const asks = [
      () => reader.list(everything),
      () => reader.get("", 1),
      () => reader.prove("", 1),
      () => reader.verify(signal),
    ];
    for (const ask of asks) {
      assert.equal((await refusalOf(ask)).reason, ErrorReason.AUDIT_UNAVAILABLE);
    }
  });

  it("verifies once at a time", async () => {
    const { reader } = readerOf(store);
    const { signal } = new AbortController();
    const first = reader.verify(signal);
    const { reason, retryAfterMs } = await refusalOf(() => reader.verify(signal));
    assert.deepEqual([reason, retryAfterMs], [ErrorReason.AUDIT_UNAVAILABLE, 5000]);
    assert.equal((await first).isWhole, true);
    assert.equal((await reader.verify(signal)).isWhole, true);
  });
});
