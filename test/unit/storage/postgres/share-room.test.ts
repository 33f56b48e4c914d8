import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { greater, lesser } from "../../../../server/storage/postgres/ledger/amounts.ts";
import type { AccountReport, Wish } from "../../../../server/storage/postgres/ledger/report.ts";
import {
  type AccountRow,
  type Shares,
  shareRoom,
} from "../../../../server/storage/postgres/ledger/share-room.ts";

interface Scene {
  readonly reports: ReadonlyMap<string, AccountReport>;
  readonly rows: ReadonlyMap<string, AccountRow>;
  readonly wishes: readonly Wish[];
}

/** Amounts that one account of a scene is made of, each small, so that they meet often. */
const part = fc.record({
  limit: fc.bigInt(0n, 200n),
  spent: fc.bigInt(0n, 100n),
  others: fc.array(fc.bigInt(0n, 30n), { maxLength: 3 }),
  inUse: fc.bigInt(0n, 40n),
  charge: fc.bigInt(0n, 20n),
  idle: fc.bigInt(0n, 40n),
  kept: fc.bigInt(0n, 40n),
  want: fc.bigInt(0n, 80n),
  isScarce: fc.boolean(),
});
const wish = fc.record({
  keys: fc.subarray(["a", "b", "c"], { minLength: 1 }),
  worst: fc.bigInt(0n, 60n),
  least: fc.bigInt(0n, 60n),
  isOutOfPatience: fc.boolean(),
  hasAsked: fc.boolean(),
});

/** A state that the database can be in: what this gateway uses and charges is within its lease. */
const scenes: fc.Arbitrary<Scene> = fc
  .record({ parts: fc.tuple(part, part, part), wishes: fc.array(wish, { maxLength: 5 }) })
  .map(({ parts, wishes }) => {
    const reports = new Map<string, AccountReport>();
    const rows = new Map<string, AccountRow>();
    for (const [at, made] of parts.entries()) {
      const key = "abc"[at] ?? "";
      const { limit, spent, others, inUse, charge, idle, kept, isScarce } = made;
      const lease = inUse + charge + idle;
      reports.set(key, {
        key,
        account: {
          name: key,
          window: { kind: "rolling", lengthMs: 1000 },
          limitNanoUsd: limit,
          enforced: true,
        },
        charge,
        floor: inUse,
        keep: inUse + lesser(kept, idle),
        want: inUse + made.want,
        inUse,
      });
      rows.set(key, {
        spent,
        leased: others.reduce((sum, amount) => sum + amount, lease),
        lease,
        others: others.map((amount, from) => ({ session: `other-${from}`, amount, answered: 3n })),
        recall: 3n,
        isScarce,
      });
    }
    return {
      reports,
      rows,
      wishes: wishes.map(({ keys, worst, least, isOutOfPatience, hasAsked }, nth) => ({
        id: String(nth),
        parts: keys.map((key) => ({ key, limit: reports.get(key)?.account.limitNanoUsd ?? 0n })),
        worst,
        least: lesser(least, worst),
        asked: new Map(hasAsked ? keys.map((key) => [key, 3n]) : []),
        isOutOfPatience,
      })),
    };
  });

const share = (scene: Scene): Shares => shareRoom({ ...scene, silent: new Set() });

/** What a share promises of an account. */
function promised(scene: Scene, shares: Shares, key: string): bigint {
  return scene.wishes
    .filter(({ parts }) => parts.some((part) => part.key === key))
    .map(({ id }) => shares.verdicts.get(id))
    .reduce((sum, verdict) => sum + (verdict?.kind === "granted" ? verdict.amount : 0n), 0n);
}

/** What is spent and leased after a share, without this gateway's new lease. */
function takenBefore({ reports, rows }: Scene, key: string): bigint {
  const row = rows.get(key);
  return (
    (row?.spent ?? 0n) + (reports.get(key)?.charge ?? 0n) + (row?.leased ?? 0n) - (row?.lease ?? 0n)
  );
}

describe("the sharing of room", () => {
  it("never takes an account beyond its limit, and covers what is in use and promised", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const shares = share(scene);
        for (const [key, { account, floor }] of scene.reports) {
          const lease = shares.leases.get(key) ?? -1n;
          assert.ok(lease >= floor + promised(scene, shares, key));
          const isWithin = takenBefore(scene, key) + lease <= account.limitNanoUsd;
          // A limit that was lowered under what calls hold takes from them nothing, and gives nothing.
          assert.ok(isWithin || lease === floor);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("refuses no call that fits, and keeps nothing idle from one that waits", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const shares = share(scene);
        for (const { id, parts, worst, least } of scene.wishes) {
          const verdict = shares.verdicts.get(id);
          const left = parts.map(({ key, limit }) => {
            const { floor = 0n } = scene.reports.get(key) ?? {};
            return limit - takenBefore(scene, key) - floor - promised(scene, shares, key);
          });
          if (verdict?.kind === "granted") {
            assert.ok(verdict.amount >= least && verdict.amount <= worst);
          } else {
            assert.ok(left.some((amount) => amount < worst));
          }
          if (verdict?.kind === "refused") assert.ok(left.some((amount) => amount < least));
        }
        for (const key of shares.recalls) {
          const { floor = 0n } = scene.reports.get(key) ?? {};
          assert.equal(shares.leases.get(key), floor + promised(scene, shares, key));
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("makes nobody wait for others who have answered, or for longer than patience lasts", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const shares = share(scene);
        for (const { id, asked, isOutOfPatience } of scene.wishes) {
          if (asked.size === 0 && !isOutOfPatience) continue;
          assert.notEqual(shares.verdicts.get(id)?.kind, "waits");
        }
      }),
    );
  });

  it("keeps what the gateway counts on, as far as nobody is short and the limit allows", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const shares = share({ ...scene, wishes: [] });
        for (const [key, { account, keep, floor }] of scene.reports) {
          const room = account.limitNanoUsd - takenBefore(scene, key);
          const due = greater(lesser(keep, room), floor);
          assert.ok((shares.leases.get(key) ?? 0n) >= due);
        }
      }),
    );
  });
});
