import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import type {
  AccountState,
  Hold,
  Ledger,
  LedgerAccount,
  UsageRecord,
} from "../../server/core/ledger.ts";
import { usageRecord } from "../fakes/usage-record.ts";

/** A ledger under test. */
export interface LedgerStage {
  /** The one that is open now. */
  readonly ledger: Ledger;
  /** The time of day, as the ledger's clock has it. */
  epochMs(): number;
  /** Ends without a word, as by `kill -9`, and opens again. */
  crash(): Promise<void>;
  /** Ends properly and opens again. */
  reopen(): Promise<void>;
  /** Waits until the holds and leases of a crashed one have expired, and what expires by `epochMs` has. */
  untilExpired(epochMs: number): Promise<void>;
  close(): Promise<void>;
}

const day = 24 * 60 * 60 * 1000;

/** What every ledger claims. */
export function ledgerSuite(name: string, open: () => Promise<LedgerStage>): void {
  describe(`the ledger of ${name}`, () => {
    let stage: LedgerStage;
    before(async () => {
      stage = await open();
    });
    after(() => stage.close());

    const account = (limitNanoUsd: bigint, more: Partial<LedgerAccount> = {}): LedgerAccount => {
      const startEpochMs = Math.floor(stage.epochMs() / day) * day;
      return {
        name: `account ${randomUUID()}`,
        window: { kind: "calendar", startEpochMs, endEpochMs: startEpochMs + day },
        limitNanoUsd,
        enforced: true,
        ...more,
      };
    };
    const reserve = (accounts: readonly LedgerAccount[], worst: bigint, least = worst) =>
      stage.ledger.reserve({
        id: randomUUID(),
        accounts,
        worstNanoUsd: worst,
        leastNanoUsd: least,
        expiresEpochMs: stage.epochMs() + 60_000,
      });
    const granted = async (accounts: readonly LedgerAccount[], worst: bigint, least = worst) => {
      const hold = await reserve(accounts, worst, least);
      assert.equal(hold.kind, "hold");
      return hold as Hold;
    };
    const stateOf = async ({ name: wanted }: LedgerAccount): Promise<AccountState | undefined> =>
      (await stage.ledger.accounts()).find((state) => state.name === wanted);
    const amounts = async (of: LedgerAccount) => {
      const { spentNanoUsd = 0n, reservedNanoUsd = 0n } = (await stateOf(of)) ?? {};
      return { spent: spentNanoUsd, reserved: reservedNanoUsd };
    };
    const record = (costNanoUsd: bigint, more: Partial<UsageRecord> = {}): UsageRecord =>
      usageRecord({ id: randomUUID(), epochMs: stage.epochMs(), costNanoUsd, ...more });

    it("sets aside, and charges what it did cost", async () => {
      const of = account(100n);
      const hold = await granted([of], 80n);
      assert.deepEqual(await amounts(of), { spent: 0n, reserved: 80n });
      await hold.start();
      hold.settle(record(30n));
      assert.deepEqual(await amounts(of), { spent: 30n, reserved: 0n });
      const refusal = await reserve([of], 71n);
      assert.equal(refusal.kind, "no-room");
      assert.equal(refusal.kind === "no-room" && refusal.spentNanoUsd, 30n);
    });

    it("gives back what was released, and what was never charged", async () => {
      const of = account(100n);
      (await granted([of], 100n)).release();
      const started = await granted([of], 100n);
      await started.start();
      started.release();
      assert.deepEqual(await amounts(of), { spent: 0n, reserved: 0n });
    });

    it("settles once: what comes after changes nothing", async () => {
      const of = account(100n);
      const hold = await granted([of], 50n);
      await hold.start();
      hold.settle(record(20n));
      hold.settle(record(20n));
      hold.release();
      assert.deepEqual(await amounts(of), { spent: 20n, reserved: 0n });
      assert.equal(await hold.extend(1n), false);
    });

    it("gives what is left, down to the least that is enough", async () => {
      const of = account(100n);
      assert.equal((await granted([of], 70n)).grantedNanoUsd, 70n);
      assert.equal((await granted([of], 70n, 10n)).grantedNanoUsd, 30n);
      assert.equal((await reserve([of], 70n, 1n)).kind, "no-room");
    });

    it("takes from all accounts or from none", async () => {
      const [wide, narrow] = [account(1000n), account(10n)];
      const refusal = await reserve([wide, narrow], 11n);
      assert.equal(refusal.kind === "no-room" && refusal.account.name, narrow.name);
      assert.equal((await amounts(wide)).reserved, 0n);
      await granted([wide, narrow], 10n);
      assert.equal((await amounts(wide)).reserved, 10n);
      assert.equal((await amounts(narrow)).reserved, 10n);
    });

    it("counts on beyond a limit that is not enforced", async () => {
      const of = account(10n, { enforced: false });
      const hold = await granted([of], 50n);
      await hold.start();
      hold.settle(record(50n));
      assert.deepEqual(await amounts(of), { spent: 50n, reserved: 0n });
      assert.equal((await granted([of], 50n)).grantedNanoUsd, 50n);
    });

    it("extends a hold only as far as there is room", async () => {
      const of = account(100n);
      const hold = await granted([of], 40n);
      await hold.start();
      assert.equal(await hold.extend(60n), true);
      assert.equal(await hold.extend(1n), false);
      assert.deepEqual(await amounts(of), { spent: 0n, reserved: 100n });
      hold.settle(record(100n));
      assert.deepEqual(await amounts(of), { spent: 100n, reserved: 0n });
    });

    it("admits exactly as many of many at once as fit", async () => {
      const of = account(70n);
      const answers = await Promise.all(Array.from({ length: 50 }, () => reserve([of], 10n)));
      assert.equal(answers.filter(({ kind }) => kind === "hold").length, 7);
    });

    it("keeps windows apart", async () => {
      const today = account(10n);
      const startEpochMs = Math.floor(stage.epochMs() / day) * day - day;
      const window = {
        kind: "calendar",
        startEpochMs,
        endEpochMs: startEpochMs + 2 * day,
      } as const;
      const longer: LedgerAccount = { ...today, window };
      await granted([today], 10n);
      await granted([longer], 10n);
      assert.equal((await reserve([today], 1n)).kind, "no-room");
    });

    it("counts a rolling window, and says when there is room again", async () => {
      const of = account(10n, { window: { kind: "rolling", lengthMs: 3_600_000 } });
      const hold = await granted([of], 10n);
      await hold.start();
      hold.settle(record(10n));
      const refusal = await reserve([of], 1n);
      assert.equal(refusal.kind, "no-room");
      const waitMs = refusal.kind === "no-room" ? refusal.retryEpochMs - stage.epochMs() : 0;
      assert(waitMs > 3_500_000 && waitMs <= 3_700_000, String(waitMs));
    });

    it("keeps what was spent when it is opened again", async () => {
      const of = account(100n);
      const hold = await granted([of], 50n);
      await hold.start();
      hold.settle(record(50n));
      await stage.reopen();
      assert.deepEqual(await amounts(of), { spent: 50n, reserved: 0n });
      assert.equal((await reserve([of], 51n)).kind, "no-room");
      await granted([of], 50n);
    });

    it("charges a hold in flight of one that died in full, once it has expired, and not before", async () => {
      const of = account(100n);
      const dying = await granted([of], 60n);
      await dying.start();
      await stage.crash();
      assert.equal((await reserve([of], 41n)).kind, "no-room");
      await stage.untilExpired(stage.epochMs() + 60_000);
      const { spent, reserved } = await amounts(of);
      assert.equal(reserved, 0n);
      // Whoever gives gateways leases may have to charge the lease; the hold's own amount it has to charge.
      assert(spent >= 60n && spent <= 100n, String(spent));
      const [lost] = await stage.ledger.usage({
        ...everything,
        by: ["kind"],
        where: { key: "" },
      });
      assert.equal(lost?.values[0], "lost");
      assert.equal((await reserve([of], 101n - spent)).kind, "no-room");
    });

    it("adds usage up by whatever is asked", async () => {
      const key = randomUUID();
      const settle = async (more: Partial<UsageRecord>, costNanoUsd: bigint) => {
        const hold = await granted([], costNanoUsd);
        await hold.start();
        hold.settle(record(costNanoUsd, { key, ...more }));
      };
      await settle({ model: "model-a", tags: { team: "search" }, tenant: "acme" }, 5n);
      await settle({ model: "model-a", tags: { team: "ads" } }, 7n);
      await settle({ model: "model-b", tags: {}, provider: "openai" }, 11n);
      const sums = async (by: readonly (string | { tag: string })[], where = {}) => {
        const query = { ...everything, by: by as never, where: { key, ...where } };
        const found = await stage.ledger.usage(query);
        return found.map(({ values, calls, costNanoUsd }) => [...values, calls, costNanoUsd]);
      };
      assert.deepEqual(await sums(["model"]), [
        ["model-a", 2n, 12n],
        ["model-b", 1n, 11n],
      ]);
      assert.deepEqual(await sums([{ tag: "team" }]), [
        ["", 1n, 11n],
        ["ads", 1n, 7n],
        ["search", 1n, 5n],
      ]);
      assert.deepEqual(await sums(["provider", "tenant"]), [
        ["openai", "", 1n, 11n],
        ["bedrock", "", 1n, 7n],
        ["bedrock", "acme", 1n, 5n],
      ]);
      assert.deepEqual(await sums([]), [[3n, 23n]]);
      assert.deepEqual(await sums([], { tags: { team: "ads" } }), [[1n, 7n]]);
      assert.deepEqual(await sums([], { model: "model-c" }), []);
      const iso = new Date(stage.epochMs()).toISOString();
      assert.deepEqual(await sums(["day"]), [[iso.slice(0, 10), 3n, 23n]]);
      assert.deepEqual(await sums(["hour"]), [[`${iso.slice(0, 13)}:00:00Z`, 3n, 23n]]);
    });

    it("never goes beyond a limit, and agrees with a simple count, whatever happens in whatever order", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
          const accounts = [account(300n), account(200n), account(50n, { enforced: false })];
          const spent = [0n, 0n, 0n];
          const open: { hold: Hold; mine: readonly number[]; held: bigint }[] = [];
          for (const { kind, mine, amount, at } of steps) {
            const own = [...new Set(mine)];
            const target = open[at % Math.max(1, open.length)];
            if (kind === "reserve") {
              const picked = own.map((index) => accounts[index] as LedgerAccount);
              const hold = await reserve(picked, amount, (amount + 1n) / 2n);
              if (hold.kind === "hold") {
                open.push({ hold, mine: own, held: hold.grantedNanoUsd });
                if (picked.length > 0) await hold.start();
              }
            } else if (target && kind === "extend") {
              if (await target.hold.extend(amount)) target.held += amount;
            } else if (target) {
              open.splice(open.indexOf(target), 1);
              const cost = lesser(amount, target.held);
              if (kind === "release") target.hold.release();
              else {
                target.hold.settle(record(cost));
                for (const index of target.mine) spent[index] = (spent[index] ?? 0n) + cost;
              }
            }
            for (const [index, of] of accounts.entries()) {
              const reserved = open
                .filter(({ mine: theirs }) => theirs.includes(index))
                .reduce((sum, { held }) => sum + held, 0n);
              assert.deepEqual(await amounts(of), { spent: spent[index], reserved });
              if (of.enforced) assert((spent[index] ?? 0n) + reserved <= of.limitNanoUsd);
            }
          }
          for (const { hold } of open) hold.release();
        }),
        { numRuns: 15 },
      );
    });
  });
}

const everything = { fromEpochMs: 0, toEpochMs: 8_000_000_000_000, limit: 100 };

const step = fc.record({
  kind: fc.constantFrom("reserve", "reserve", "extend", "settle", "settle", "release"),
  mine: fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
  amount: fc.bigInt({ min: 0n, max: 150n }),
  at: fc.nat({ max: 100 }),
});

function lesser(one: bigint, other: bigint): bigint {
  return one > other ? other : one;
}
