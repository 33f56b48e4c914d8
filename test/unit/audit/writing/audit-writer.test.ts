import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { turns } from "../../../fakes/audit-world.ts";
import type { createHeldAuditStore } from "../../../fakes/held-audit-store.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { isSettled } from "../../../fakes/outcomes.ts";
import { draft, held, quick, refused, retryMs, stageOver, waitMs } from "./writer-stage.ts";

describe("the writer of a chain", () => {
  it("says that a record is written when it is stored, and not before", async () => {
    const { chain, store, close, said } = held();
    const asked = chain.ask(draft("one"));
    const kept = chain.keep(draft("two"));
    assert.equal(await isSettled(Promise.race([asked, kept])), false);
    assert.deepEqual([store.held, chain.waiting, chain.lastHead], [1, 2, undefined]);
    await store.take();
    await Promise.all([asked, kept]);
    assert.deepEqual(await said(), ["one", "two"]);
    assert.deepEqual([chain.waiting, chain.lastHead?.lastSequence], [0, 2]);
    await close();
  });

  it("stores together what comes while a batch is under way, one batch after the other, in order", async () => {
    const { chain, store, said, close, gather } = held();
    const first = chain.ask(draft(0));
    await turns();
    const rest = Array.from({ length: 500 }, (_, at) => chain.keep(draft(at + 1)));
    await turns();
    assert.deepEqual([store.batches.length, store.held], [1, 1], "one at a time");
    for (let batch = 0; batch < 4; batch++) {
      await store.take();
      await gather();
    }
    await Promise.all([first, ...rest]);
    assert.deepEqual(
      store.batches.map(({ records }) => records.length),
      [1, 200, 200, 100],
      "none so large that it holds others up",
    );
    assert.deepEqual(
      await said(),
      Array.from({ length: 501 }, (_, at) => at),
    );
    await close();
  });

  it("refuses who asks when the store fails, at once as long as it fails, and writes what is kept", async () => {
    const { chain, store, clock, said, close, log, gather } = held();
    const [asked, kept] = [chain.ask(draft("asked")), chain.keep(draft("kept"))];
    await turns();
    const queued = [chain.ask(draft("queued")), chain.keep(draft("kept and queued"))] as const;
    store.refuse();
    await Promise.all([asked, kept, ...queued].map(refused));
    assert.equal(chain.isFailing, true);
    await refused(chain.ask(draft("while it fails")));
    assert.equal(store.held, 0, "it is left alone for a moment");
    const late = chain.keep(draft("kept while it fails"));
    clock.advance(retryMs);
    await store.take();
    await turns();
    assert.equal(chain.isFailing, false);
    await gather();
    await store.take();
    await late;
    const after = chain.ask(draft("after"));
    await gather();
    await store.take();
    await after;
    const written = ["asked", "kept", "kept and queued", "kept while it fails", "after"];
    assert.deepEqual(await said(), written, "what was sealed is a part of the chain");
    assert.deepEqual(
      log.lines.map(({ level, message }) => `${level}: ${message}`),
      ["error: the audit log cannot be written", "info: the audit log is written again"],
    );
    await close();
  });

  for (const [how, fail] of [
    ["refused", (store: ReturnType<typeof createHeldAuditStore>) => store.refuse()],
    [
      "taken without a word",
      (store: ReturnType<typeof createHeldAuditStore>) => store.takeUnseen(),
    ],
  ] as const) {
    it(`sends a batch that was ${how} again, byte for byte, until it is stored, once`, async () => {
      const { chain, store, clock, said, close, log } = held();
      const kept = refused(chain.keep(draft("one", "a")));
      for (let failures = 0; failures < 5; failures++) {
        await turns();
        await fail(store);
        await turns();
        clock.advance(retryMs);
      }
      await kept;
      await store.take();
      await turns();
      assert.equal(store.batches.length, 6);
      for (const batch of store.batches) assert.deepEqual(batch, store.batches[0]);
      assert.deepEqual(await said(), ["one"]);
      assert.equal(log.lines.length, 2, "it is said once");
      await close();
    });
  }

  it("lets nobody wait for longer than is allowed; what only was asked is then forgotten", async () => {
    const { chain, store, clock, said, close, gather } = held();
    const underWay = chain.ask(draft("under way"));
    await turns();
    const asked = chain.ask(draft("asked"));
    const kept = chain.keep(draft("kept"));
    clock.advance(waitMs - 1);
    assert.equal(await isSettled(Promise.race([underWay, asked, kept])), false);
    clock.advance(1);
    await Promise.all([underWay, asked, kept].map(refused));
    await store.take();
    await gather();
    await store.take();
    await turns();
    assert.deepEqual(await said(), ["under way", "kept"]);
    await close();
  });

  it("lets only so many wait; what is kept comes on top", async () => {
    const { chain, store, close, said, gather } = held({ mostWaiting: 3 });
    const asked = [1, 2, 3].map((at) => chain.ask(draft(at)));
    await refused(chain.ask(draft("too many")));
    const kept = chain.keep(draft("kept"));
    assert.equal(chain.waiting, 4);
    await turns();
    await refused(chain.ask(draft("too many")));
    await store.take();
    await Promise.all([...asked, kept]);
    const again = chain.ask(draft("again"));
    await gather();
    await store.take();
    await again;
    assert.deepEqual(await said(), [1, 2, 3, "kept", "again"]);
    await close();
  });

  it("never lets time go back, whatever the time of day does", async () => {
    let day = 1_790_000_000_000.75;
    const clock = Object.assign(createManualClock(), { epochMs: () => day });
    const { ask, store } = stageOver(createMemoryAuditStore(), {}, clock);
    await ask(draft("before"));
    day -= 60_000;
    await ask(draft("after"));
    const times = store.rows.records.map(({ epochMs }) => epochMs);
    assert.deepEqual(times, [1_790_000_000_000, 1_790_000_000_000]);
    assert.deepEqual(
      store.rows.heads.map(({ epochMs }) => epochMs),
      times,
    );
  });
});

describe("the writer of a chain at its end", () => {
  it("writes what waits", async () => {
    const { chain, close, said } = quick();
    const kept = [1, 2, 3].map((at) => chain.keep(draft(at, "a")));
    await close();
    await Promise.all(kept);
    assert.deepEqual(await said(), [1, 2, 3]);
  });

  it("is asked nothing more, keeps what comes until it has ended, and nothing after", async () => {
    const { chain, store } = held();
    const first = chain.keep(draft("first"));
    const closing = chain.close();
    await refused(chain.ask(draft("asked")));
    const late = chain.keep(draft("late"));
    await turns();
    await store.take();
    await closing;
    await Promise.all([first, late]);
    await refused(chain.keep(draft("too late")));
  });

  it("gives up after a while, and says how much is lost", async () => {
    const { chain, store, clock, log } = held();
    const kept = [1, 2].map((at) => refused(chain.keep(draft(at))));
    await turns();
    store.refuse();
    await Promise.all(kept);
    const closing = chain.close();
    clock.advance(retryMs);
    store.refuse();
    await turns();
    assert.equal(await isSettled(closing), false);
    clock.advance(waitMs);
    await closing;
    const { message, fields } = log.lines.at(-1) ?? {};
    assert.deepEqual(
      [message, fields],
      ["records of the audit log could not be written", { records: 2 }],
    );
    assert.equal(clock.armed, 0);
  });
});
