import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { KeyRecord } from "../../../../server/core/key-store.ts";
import { openKeyRing } from "../../../../server/edge/keys/key-ring.ts";
import { createFakeKeyStore, keyRecord } from "../../../fakes/key-records.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";

async function open(records: readonly KeyRecord[], reservedNames: readonly string[] = []) {
  const store = createFakeKeyStore(...records);
  const clock = createManualClock();
  const log = createRecordingLog();
  const options = { keys: store, reservedNames: new Set(reservedNames), clock, log };
  return { store, clock, log, ring: await openKeyRing(options) };
}

describe("the ring of keys", () => {
  const billing = keyRecord("billing", { tenant: "acme" });
  const search = keyRecord("search");

  it("knows the keys of the store by their SHA-256, with whom they belong to and what they may", async () => {
    const { ring } = await open([billing, search]);
    assert.deepEqual(ring.find(billing.sha256), {
      principal: { name: "billing", keyId: billing.id, tenant: "acme", grants: billing.grants },
      endEpochMs: undefined,
    });
    assert.deepEqual(ring.find(search.sha256)?.principal, {
      name: "search",
      keyId: search.id,
      grants: search.grants,
    });
    assert.equal(ring.find(keyRecord("nobody").sha256), undefined);
  });

  it("knows when each ends, so that those who ask can be told", async () => {
    const { ring } = await open([{ ...billing, revokedEpochMs: 5 }]);
    assert.equal(ring.find(billing.sha256)?.endEpochMs, 5);
  });

  it("follows the store, and is another with each change", async () => {
    const { ring, store } = await open([billing]);
    const { generation } = ring;
    store.records = [search];
    store.tell();
    await turn();
    assert.equal(ring.find(billing.sha256), undefined);
    assert.equal(ring.find(search.sha256)?.principal.name, "search");
    assert.ok(ring.generation > generation);
  });

  it("keeps the very grants of a key, by which what holds for it is remembered", async () => {
    const { ring, store } = await open([billing]);
    const before = ring.find(billing.sha256)?.principal.grants;
    store.records = [structuredClone({ ...billing, sha256: undefined })].map((copy) => ({
      ...copy,
      sha256: billing.sha256,
    }));
    await ring.refresh();
    assert.equal(ring.find(billing.sha256)?.principal.grants, before);
  });

  it("keeps the keys that it knows while the store is away, says so once, and tries until it is back", async () => {
    const { ring, store, clock, log } = await open([billing]);
    store.isBroken = true;
    store.records = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      await ring.refresh();
      clock.advance(1000);
      await turn();
    }
    assert.equal(ring.find(billing.sha256)?.principal.name, "billing");
    assert.equal(log.lines.length, 1);
    store.isBroken = false;
    clock.advance(1000);
    await turn();
    assert.equal(ring.find(billing.sha256), undefined);
  });

  it("reads once more for all who ask while it reads, so that each sees its own change", async () => {
    const { ring, store } = await open([billing]);
    const { reads } = store;
    const first = ring.refresh();
    store.records = [search];
    await Promise.all([first, ...Array.from({ length: 100 }, () => ring.refresh())]);
    assert.equal(ring.find(search.sha256)?.principal.name, "search");
    assert.equal(store.reads, reads + 2);
  });

  it("lets no key of the store pass for one of the configuration, and says which", async () => {
    const { ring, log } = await open([billing, search], ["billing"]);
    assert.equal(ring.find(billing.sha256), undefined);
    assert.equal(ring.find(search.sha256)?.principal.name, "search");
    assert.match(log.lines[0]?.message ?? "", /billing, as one of the configuration/);
  });

  it("does not open without its store", async () => {
    const store = Object.assign(createFakeKeyStore(), { isBroken: true });
    const [clock, log] = [createManualClock(), createRecordingLog()];
    await assert.rejects(openKeyRing({ keys: store, reservedNames: new Set(), clock, log }));
    assert.equal(store.watchers, 0);
  });

  it("leaves nothing behind when it is closed", async () => {
    const { ring, store, clock } = await open([billing]);
    store.isBroken = true;
    await ring.refresh();
    ring.close();
    assert.deepEqual([store.watchers, clock.armed], [0, 0]);
  });
});
