import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "commander";
import { readAge, readBudget } from "../../../client/cli/key-options.ts";
import { BudgetPeriod } from "../../../client/sdk/node.ts";

describe("--budget", () => {
  for (const [text, period, rolling, limitNanoUsd] of [
    ["daily=5", BudgetPeriod.DAY, false, 5_000_000_000n],
    ["daily=5.00", BudgetPeriod.DAY, false, 5_000_000_000n],
    ["minute=0.1", BudgetPeriod.MINUTE, false, 100_000_000n],
    ["hourly=0.000000001", BudgetPeriod.HOUR, false, 1n],
    ["rolling-weekly=20", BudgetPeriod.WEEK, true, 20_000_000_000n],
    ["monthly=999999999.999999999", BudgetPeriod.MONTH, false, 999_999_999_999_999_999n],
  ] as const) {
    it(`${text} is read to the last nano-USD`, () =>
      assert.deepEqual(readBudget(text), [{ period, rolling, limitNanoUsd }]));
  }

  it("may be given for several times", () =>
    assert.equal(readBudget("weekly=20", readBudget("daily=5")).length, 2));

  for (const text of [
    "daily",
    "daily=",
    "daily=-5",
    "daily=1e3",
    "daily=.5",
    "daily=5,00",
    "daily=0.0000000001",
    "daily=1234567890",
    "yearly=5",
    "rolling=5",
    "toString=5",
    "",
  ]) {
    it(`${JSON.stringify(text)} is refused with what is right`, () =>
      assert.throws(
        () => readBudget(text),
        (error) =>
          error instanceof InvalidArgumentError &&
          /daily=5\.00.*minute, hourly/.test(error.message),
      ));
  }
});

describe("--grace", () => {
  for (const [text, ms] of [
    ["30s", 30_000],
    ["15m", 900_000],
    ["12h", 43_200_000],
    ["7d", 604_800_000],
    ["0s", 0],
  ] as const) {
    it(`${text} is ${ms} ms`, () => assert.equal(readAge(text), ms));
  }

  for (const text of ["", "1", "1w", "-1h", "1.5h", "1h30m", "9999999s"]) {
    it(`${JSON.stringify(text)} is refused`, () =>
      assert.throws(() => readAge(text), InvalidArgumentError));
  }
});
