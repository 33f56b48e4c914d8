import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { AccountState, LedgerWindow } from "../../../../server/core/ledger.ts";
import { createAccountsWatch } from "../../../../server/policies/budget/accounts-watch.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";

const day = (start: number): LedgerWindow => ({
  kind: "calendar",
  startEpochMs: start,
  endEpochMs: start + 1,
});

const account = (spent: number, window = day(0)): AccountState => ({
  name: "daily/day/gateway",
  window,
  limitNanoUsd: 1000n,
  spentNanoUsd: BigInt(spent),
  reservedNanoUsd: 0n,
});

function stage() {
  const clock = createManualClock();
  const told: string[] = [];
  let found: readonly AccountState[] | Error = [];
  let looks = 0;
  const watch = createAccountsWatch({
    ledger: {
      async accounts() {
        looks++;
        if (found instanceof Error) throw found;
        return found;
      },
    },
    clock,
    percentsOf: () => [50, 80, 100],
    reached: ({ spentNanoUsd }, percent) => void told.push(`${percent} % at ${spentNanoUsd}`),
  });
  return {
    clock,
    watch,
    told,
    looks: () => looks,
    /** Something was spent, and a second has passed. */
    async see(accounts: readonly AccountState[] | Error) {
      found = accounts;
      watch.nudge();
      clock.advance(1000);
      await setImmediate();
    },
  };
}

describe("the watch over accounts", () => {
  it("tells of each share once in a window", async () => {
    const { see, told } = stage();
    for (const spent of [0, 499, 500, 600, 799, 1000, 1200]) await see([account(spent)]);
    assert.deepEqual(told, ["50 % at 500", "80 % at 1000", "100 % at 1000"]);
  });
  it("tells anew in the next window", async () => {
    const { see, told } = stage();
    await see([account(600)]);
    await see([account(600, day(1))]);
    assert.deepEqual(told, ["50 % at 600", "50 % at 600"]);
  });
  it("tells again of a rolling one that had fallen below", async () => {
    const { see, told } = stage();
    const rolling: LedgerWindow = { kind: "rolling", lengthMs: 1 };
    for (const spent of [600, 700, 100, 600]) await see([account(spent, rolling)]);
    assert.deepEqual(told, ["50 % at 600", "50 % at 600"]);
  });
  it("looks once a second at most, and only when something was spent", async () => {
    const { clock, watch, looks } = stage();
    clock.advance(10_000);
    assert.equal(looks(), 0);
    for (let calls = 0; calls < 100; calls++) watch.nudge();
    clock.advance(1000);
    await setImmediate();
    assert.equal(looks(), 1);
    clock.advance(10_000);
    assert.equal(looks(), 1);
  });
  it("goes on when the ledger does not answer once, and keeps what it saw", async () => {
    const { see, told, watch } = stage();
    await see([account(500)]);
    await see(new Error("down"));
    assert.equal(watch.latest.length, 1);
    await see([account(800)]);
    assert.deepEqual(told, ["50 % at 500", "80 % at 800"]);
  });
  it("leaves no timer behind", () => {
    const { clock, watch } = stage();
    watch.nudge();
    watch.close();
    watch.nudge();
    assert.equal(clock.armed, 0);
  });
});
