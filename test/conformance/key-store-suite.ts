import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError, reasonName } from "../../server/core/error.ts";
import type { KeyRecord, KeyStore } from "../../server/core/key-store.ts";
import { keyRecord } from "../fakes/key-records.ts";

/** A store of keys under test. */
export interface KeyStoreStage {
  /** The one that is open now. */
  readonly keys: KeyStore;
  /** The time of day, as the store's clock has it. */
  epochMs(): number;
  /** Moves the store's time of day on. */
  advance(byMs: number): void;
  /** Ends properly and opens again. */
  reopen(): Promise<void>;
  /** Takes away what the store keeps its keys in. */
  breakOff(): Promise<void>;
  /** Gives it back. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Longer than any store may take to tell of a change, or to say that it is away. */
const patience = { timeout: 30_000 };

/** What every store of keys claims. */
export function keyStoreSuite(name: string, open: () => Promise<KeyStoreStage>): void {
  describe(`the licence keys of ${name}`, () => {
    let stage: KeyStoreStage;
    before(async () => {
      stage = await open();
    });
    after(() => stage?.close());

    /** A key of its own in every member. */
    const record = (change: Partial<KeyRecord> = {}): KeyRecord =>
      keyRecord(`key ${randomUUID()}`, {
        sha256: randomBytes(32),
        createdEpochMs: stage.epochMs(),
        ...change,
      });
    const created = async (change: Partial<KeyRecord> = {}): Promise<KeyRecord> => {
      const made = record(change);
      await stage.keys.create(made);
      return made;
    };
    const found = async ({ id }: KeyRecord): Promise<KeyRecord | undefined> =>
      (await stage.keys.list()).find((key) => key.id === id);
    /** One that can take the place of another. */
    const successorOf = ({ name }: KeyRecord, change: Partial<KeyRecord> = {}) =>
      record({ name, ...change });
    /** Whatever a store opens only when it is used is open after this, so that what follows is at the same moment. */
    const warmUp = () => Promise.all(Array.from({ length: 8 }, () => stage.keys.list()));
    const isRefused = (answer: Promise<unknown>, reason: ErrorReason) =>
      assert.rejects(answer, (error) => {
        assert(error instanceof GatewayError, String(error));
        assert.equal(reasonName(error.reason), reasonName(reason));
        return true;
      });

    it("come back exactly, in every member", async () => {
      const whole = await created({
        tenant: "acme",
        grants: everyGrant,
        prefix: "axf_abcd",
        createdBy: "ops",
      });
      const plain = await created();
      assert.deepEqual(await found(whole), whole);
      assert.deepEqual(await found(plain), plain);
      const { sha256 } = (await found(whole)) ?? {};
      assert(Buffer.isBuffer(sha256));
    });

    for (const [what, text] of oddTexts) {
      it(`may have ${what} in their names, tenants and grants`, async () => {
        const odd = await created({
          name: `${text} ${randomUUID()}`,
          tenant: text,
          grants: { ...everyGrant, models: [text] },
          createdBy: text,
        });
        assert.deepEqual(await found(odd), odd);
        await isRefused(stage.keys.create(record({ name: odd.name })), ErrorReason.KEY_NAME_TAKEN);
      });
    }

    for (const [what, text] of texts) {
      it(`hold with ${what} in their texts, and can be ended`, async () => {
        const grants = { ...everyGrant, policies: [text] };
        const bad = await created({ name: `${randomUUID()}${text}`, tenant: text, grants });
        await isRefused(stage.keys.create(record({ name: bad.name })), ErrorReason.KEY_NAME_TAKEN);
        assert.equal((await found(bad))?.id, bad.id);
        await stage.keys.rotate(bad.id, successorOf(bad), stage.epochMs());
      });
    }

    it("are listed the newest first", async () => {
      const now = stage.epochMs();
      const middle = await created({ createdEpochMs: now + 2000 });
      const oldest = await created({ createdEpochMs: now + 1000 });
      const newest = await created({ createdEpochMs: now + 3000 });
      const order = (await stage.keys.list()).map(({ id }) => id);
      assert.deepEqual(order.slice(0, 3), [newest.id, middle.id, oldest.id]);
    });

    it("have names that nobody else has while they hold", async () => {
      const first = await created();
      const second = record({ name: first.name });
      await isRefused(stage.keys.create(second), ErrorReason.KEY_NAME_TAKEN);
      assert.equal(await found(second), undefined);
      await stage.keys.revoke(first.id, stage.epochMs());
      await stage.keys.create(second);
      assert.deepEqual(await found(second), second);
    });

    it("give their names free when their end has come, and not before", async () => {
      const first = await created();
      await stage.keys.revoke(first.id, stage.epochMs() + 60_000);
      const second = record({ name: first.name });
      await isRefused(stage.keys.create(second), ErrorReason.KEY_NAME_TAKEN);
      stage.advance(60_001);
      await stage.keys.create(second);
    });

    it("are made once of many of one name at the same moment", async () => {
      await warmUp();
      const wanted = Array.from({ length: 8 }, () => record({ name: "wanted by many" }));
      const answers = await Promise.allSettled(wanted.map((key) => stage.keys.create(key)));
      assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
      const made = (await stage.keys.list()).filter((key) => key.name === "wanted by many");
      assert.equal(made.length, 1);
    });

    it("end when they are told to; an earlier end stays", async () => {
      const key = await created();
      const end = stage.epochMs() + 60_000;
      const ends = async (at: number) => (await stage.keys.revoke(key.id, at)).revokedEpochMs;
      assert.equal(await ends(end), end);
      assert.equal(await ends(end + 1), end);
      assert.equal(await ends(end), end);
      assert.equal(await ends(end - 1), end - 1);
      assert.deepEqual(await found(key), { ...key, revokedEpochMs: end - 1 });
    });

    for (const id of [randomUUID(), "no uuid", "", "'; --", "\0", "\ud800", "9".repeat(5000)]) {
      it(`are not found by ${JSON.stringify(id.slice(0, 40))}`, async () => {
        await isRefused(stage.keys.revoke(id, stage.epochMs()), ErrorReason.KEY_NOT_FOUND);
        const successor = record();
        const rotation = stage.keys.rotate(id, successor, stage.epochMs());
        await isRefused(rotation, ErrorReason.KEY_NOT_FOUND);
        assert.equal(await found(successor), undefined);
      });
    }

    it("give their place to another, and hold until their end", async () => {
      const old = await created({ tenant: "acme", grants: everyGrant });
      const next = successorOf(old, { grants: everyGrant });
      const end = stage.epochMs() + 60_000;
      const ending = { ...old, revokedEpochMs: end, replacedBy: next.id };
      assert.deepEqual(await stage.keys.rotate(old.id, next, end), ending);
      assert.deepEqual(await found(old), ending);
      assert.deepEqual(await found(next), next);
      const third = record({ name: old.name });
      await isRefused(stage.keys.create(third), ErrorReason.KEY_NAME_TAKEN);
      // Sooner, when it has leaked: who took its place is still known.
      const sooner = { ...ending, revokedEpochMs: end - 1 };
      assert.deepEqual(await stage.keys.revoke(old.id, end - 1), sooner);
    });

    for (const [what, at] of [
      ["has ended", -1],
      ["will end", 60_000],
    ] as const) {
      it(`do not change their place when one ${what}`, async () => {
        const old = await created();
        const ended = await stage.keys.revoke(old.id, stage.epochMs() + at);
        const next = successorOf(old);
        const rotation = stage.keys.rotate(old.id, next, stage.epochMs() + 120_000);
        await isRefused(rotation, ErrorReason.KEY_NOT_CHANGEABLE);
        assert.deepEqual(await found(old), ended);
        assert.equal(await found(next), undefined);
      });
    }

    it("stay as they are when the other one cannot be put in their place", async () => {
      const [old, other] = [await created(), await created()];
      const twin = successorOf(old, { sha256: other.sha256 });
      await assert.rejects(stage.keys.rotate(old.id, twin, stage.epochMs()));
      await assert.rejects(stage.keys.create(record({ sha256: other.sha256 })));
      assert.deepEqual(await found(old), old);
      assert.equal(await found(twin), undefined);
      await stage.keys.rotate(old.id, successorOf(old), stage.epochMs());
    });

    it("are not held up by one that cannot be made", async () => {
      const other = await created();
      const wanted = [record({ sha256: other.sha256 }), record(), record()];
      const answers = await Promise.allSettled(wanted.map((key) => stage.keys.create(key)));
      assert.deepEqual(
        answers.map(({ status }) => status),
        ["rejected", "fulfilled", "fulfilled"],
      );
    });

    it("give their place to exactly one of many at the same moment", async () => {
      const old = await created();
      await warmUp();
      // Names differ too: no lock by name may be what keeps them apart.
      const heirs = Array.from({ length: 8 }, () => record());
      const end = stage.epochMs() + 60_000;
      const answers = await Promise.allSettled(
        heirs.map((heir) => stage.keys.rotate(old.id, heir, end)),
      );
      const winner = heirs.find((_, at) => answers[at]?.status === "fulfilled");
      assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
      assert.equal((await found(old))?.replacedBy, winner?.id);
      const listed = new Set((await stage.keys.list()).map(({ id }) => id));
      assert.deepEqual(
        heirs.filter(({ id }) => listed.has(id)),
        [winner],
      );
      for (const answer of answers) {
        if (answer.status === "rejected") {
          await isRefused(Promise.reject(answer.reason), ErrorReason.KEY_NOT_CHANGEABLE);
        }
      }
    });

    it("are rotated once when the same rotation is asked for again", async () => {
      const old = await created();
      const next = successorOf(old);
      const end = stage.epochMs() + 60_000;
      const first = await stage.keys.rotate(old.id, next, end);
      assert.deepEqual(await stage.keys.rotate(old.id, next, end), first);
      const named = (await stage.keys.list()).filter((key) => key.name === old.name);
      assert.deepEqual(new Set(named.map(({ id }) => id)), new Set([old.id, next.id]));
    });

    it("tell of each change, until they are told to stop", patience, async () => {
      const key = await created();
      const changes: readonly (() => Promise<unknown>)[] = [
        () => created(),
        () => stage.keys.rotate(key.id, successorOf(key), stage.epochMs() + 60_000),
        () => stage.keys.revoke(key.id, stage.epochMs()),
      ];
      let stopped = 0;
      const stop = stage.keys.watch(() => {
        stopped += 1;
      });
      stop();
      for (const change of changes) {
        const told = Promise.withResolvers<void>();
        const stopWatching = stage.keys.watch(told.resolve);
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
      const stops = [stage.keys.watch(count), stage.keys.watch(count), stage.keys.watch(count)];
      stops[0]?.();
      await created();
      await both.promise;
      for (const stop of stops) stop();
    });

    it("are there again when the store is opened again", async () => {
      const [held, old, revoked] = [await created(), await created(), await created()];
      await stage.keys.rotate(old.id, successorOf(old), stage.epochMs() + 60_000);
      await stage.keys.revoke(revoked.id, stage.epochMs());
      const before = await stage.keys.list();
      await stage.reopen();
      assert.deepEqual(await stage.keys.list(), before);
      await isRefused(stage.keys.create(record({ name: held.name })), ErrorReason.KEY_NAME_TAKEN);
    });

    it(
      "cannot be had while the store is away, which it says; then they are back",
      patience,
      async () => {
        const key = await created();
        await stage.breakOff();
        const { keys } = stage;
        const asked = [
          keys.list(),
          keys.create(record()),
          keys.revoke(key.id, stage.epochMs()),
          keys.rotate(key.id, successorOf(key), stage.epochMs()),
        ];
        await Promise.all(asked.map((answer) => isRefused(answer, ErrorReason.LEDGER_UNAVAILABLE)));
        await stage.mend();
        assert.deepEqual(await found(key), key);
        await created();
      },
    );

    it("cannot be had from a store that is closed", patience, async () => {
      const { keys } = stage;
      await stage.reopen();
      await isRefused(keys.list(), ErrorReason.LEDGER_UNAVAILABLE);
      await isRefused(keys.create(record()), ErrorReason.LEDGER_UNAVAILABLE);
    });
  });
}

/** Amounts that JSON's numbers cannot hold. */
const everyGrant: KeyRecord["grants"] = {
  providers: ["bedrock", "openai"],
  regions: ["us-*", "eu-west-1"],
  models: ["claude-*"],
  policies: ["careful"],
  budgets: [
    { period: "day", rolling: false, limitNanoUsd: 9_007_199_254_740_993n },
    { period: "month", rolling: true, limitNanoUsd: 2n ** 63n - 1n },
    { period: "minute", rolling: true, limitNanoUsd: 0n },
  ],
  rates: { requestsPerMinute: 60, tokensPerMinute: 123_456_789, concurrentStreams: 0.5 },
};

const oddTexts: readonly (readonly [what: string, text: string])[] = [
  ["quotation marks", `'; DROP TABLE license_key; -- "\`$1 ?1 %s :x`],
  ["backslashes", String.raw`\0 \u0000 \\ \'`],
  ["line ends", "one\r\ntwo\ttabs\u0001\u007f"],
  ["other scripts", "ключ 鍵 مفتاح ﷽ 🗝️ e\u0301 \u202e"],
  ["a great length", "long ".repeat(400)],
  ["nothing but a space", " "],
];

/** What no UTF-8 text can hold, and what PostgreSQL's cannot. They are stored as near as may be. */
const texts: readonly (readonly [what: string, text: string])[] = [
  ["a NUL", "a\0b"],
  ["half a character", "a\ud83d"],
];
