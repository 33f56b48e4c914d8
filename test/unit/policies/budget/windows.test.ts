import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BudgetPeriod } from "../../../../server/core/policy.ts";
import { windowAt } from "../../../../server/policies/budget/windows.ts";

const limit = (period: BudgetPeriod, rolling = false) => ({ period, rolling, limitNanoUsd: 1n });

describe("the window of a budget", () => {
  const cases: ReadonlyArray<
    readonly [period: BudgetPeriod, zone: string, at: string, start: string, end: string]
  > = [
    ["minute", "UTC", "2026-11-23T14:07:31.5Z", "2026-11-23T14:07Z", "2026-11-23T14:08Z"],
    ["hour", "UTC", "2026-11-23T14:07:31Z", "2026-11-23T14:00Z", "2026-11-23T15:00Z"],
    ["hour", "Asia/Kolkata", "2026-11-23T14:07Z", "2026-11-23T13:30Z", "2026-11-23T14:30Z"],
    ["day", "UTC", "2026-11-23T00:00Z", "2026-11-23T00:00Z", "2026-11-24T00:00Z"],
    ["day", "America/New_York", "2026-11-23T03:00Z", "2026-11-22T05:00Z", "2026-11-23T05:00Z"],
    // A day of 25 hours, and one of 23.
    ["day", "Europe/Berlin", "2026-10-25T12:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z"],
    ["day", "Europe/Berlin", "2026-03-29T12:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"],
    // Both of the hours that the clock shows as two.
    ["hour", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T00:00Z", "2026-10-25T01:00Z"],
    ["hour", "Europe/Berlin", "2026-10-25T01:30Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z"],
    ["week", "UTC", "2026-11-22T23:59Z", "2026-11-16T00:00Z", "2026-11-23T00:00Z"],
    ["week", "UTC", "2026-11-23T00:00Z", "2026-11-23T00:00Z", "2026-11-30T00:00Z"],
    ["month", "UTC", "2026-12-31T23:59Z", "2026-12-01T00:00Z", "2027-01-01T00:00Z"],
    ["month", "Asia/Tokyo", "2026-01-31T16:00Z", "2026-01-31T15:00Z", "2026-02-28T15:00Z"],
  ];
  for (const [period, zone, at, start, end] of cases) {
    it(`is the calendar's ${period} in ${zone} at ${at}`, () => {
      const { window, untilEpochMs } = windowAt(limit(period), zone, Date.parse(at));
      const expected = {
        kind: "calendar",
        startEpochMs: Date.parse(start),
        endEpochMs: Date.parse(end),
      };
      assert.deepEqual(window, expected);
      assert.equal(untilEpochMs, expected.endEpochMs);
    });
  }
  it("is the time before now where it rolls", () => {
    const { window, untilEpochMs } = windowAt(limit("week", true), "UTC", 0);
    assert.deepEqual(window, { kind: "rolling", lengthMs: 7 * 24 * 60 * 60 * 1000 });
    assert.equal(untilEpochMs, Number.POSITIVE_INFINITY);
  });
});
