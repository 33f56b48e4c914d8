import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, assert as checks, constantFrom, property } from "fast-check";
import { createRetryBudget } from "../../../server/resilience/retry-budget.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";

const floor = 10;

function start(sharePercent: number) {
  const clock = createManualClock();
  const budget = createRetryBudget({ clock, sharePercent, floor });
  const take = (times: number) =>
    Array.from({ length: times }, () => budget.withdraw()).filter(Boolean).length;
  const earn = (times: number) => {
    for (let time = 0; time < times; time++) budget.deposit();
  };
  return { clock, budget, take, earn };
}

describe("the retry budget", () => {
  it("begins with its floor, and counts what it refuses", () => {
    const { budget, take } = start(10);
    assert.equal(budget.balance, floor);
    assert.equal(take(15), floor);
    assert.equal(budget.balance, 0);
    assert.equal(budget.refused, 5);
  });

  it("gives one retry for every ten successes at ten percent, not for nine", () => {
    const { take, earn } = start(10);
    take(floor);
    earn(9);
    assert.equal(take(1), 0);
    earn(1);
    assert.equal(take(2), 1);
  });

  it("saves up no more than a hundred", () => {
    const { take, earn } = start(100);
    earn(1000);
    assert.equal(take(1000), 100);
  });

  it("gets its floor back at one a second, and no more than that", () => {
    const { clock, take } = start(10);
    take(floor);
    clock.advance(999);
    assert.equal(take(1), 0);
    clock.advance(1);
    assert.equal(take(2), 1);
    clock.advance(3_600_000);
    assert.equal(take(100), floor);
  });

  it("gives nothing at no percent", () => {
    const { clock, take, earn } = start(0);
    earn(1000);
    clock.advance(60_000);
    assert.equal(take(5), 0);
  });

  it("never gives more than floor, seconds and share together, whatever happens in which order", () => {
    const step = constantFrom("deposit", "withdraw", "withdraw", "100 ms", "5 s");
    checks(
      property(
        constantFrom(1, 10, 33, 100),
        array(step, { maxLength: 400, size: "max" }),
        (percent, steps) => {
          const { clock, budget } = start(percent);
          const beganMs = clock.now();
          let given = 0;
          let successes = 0;
          for (const each of steps) {
            if (each === "deposit") {
              budget.deposit();
              successes++;
            } else if (each === "withdraw") given += Number(budget.withdraw());
            else clock.advance(each === "100 ms" ? 100 : 5000);
            const seconds = (clock.now() - beganMs) / 1000;
            assert.ok(given <= floor + seconds + (successes * percent) / 100);
          }
        },
      ),
    );
  });
});
