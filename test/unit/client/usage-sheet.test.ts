import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { budgetsSheet } from "../../../client/cli/budgets-sheet.ts";
import { readGroupings, readMoment, readTag } from "../../../client/cli/usage-options.ts";
import { usageSheet } from "../../../client/cli/usage-sheet.ts";
import { costsByStep, sparkline, stepOf } from "../../../client/cli/usage-sparkline.ts";
import {
  BudgetAction,
  BudgetStateSchema,
  QueryUsageResponseSchema,
  UsageRowSchema,
} from "../../../gen/axonflow/gateway/v1/usage_pb.ts";

const now = Date.parse("2026-11-23T14:30Z");
const hourMs = 3_600_000;
const row = (values: string[], calls: bigint, costNanoUsd: bigint) =>
  create(UsageRowSchema, { values, calls, costNanoUsd, inputTokens: 10n, outputTokens: 20n });

describe("the sheet of usage", () => {
  it("has the sum, a line over time and a row for each group", () => {
    const answer = create(QueryUsageResponseSchema, {
      from: timestampFromMs(now - 3 * hourMs),
      to: timestampFromMs(now),
      rows: [row(["ci", "claude"], 3n, 750_000_000n), row(["", "nova"], 1n, 250_000_000n)],
      total: row([], 5n, 1_000_000_000n),
    });
    const overTime = [
      row(["2026-11-23T12:00:00Z"], 1n, 100n),
      row(["2026-11-23T14:00:00Z"], 1n, 800n),
    ];
    assert.equal(
      usageSheet(answer, overTime, ["KEY", "MODEL"]),
      [
        "5 calls from 2026-11-23 11:30 to 2026-11-23 14:30 UTC: 1.00 USD",
        "│ ▁ █│ USD by hour, at most 0.0000008",
        "",
        "KEY  MODEL   CALLS  INPUT  CACHED  OUTPUT   USD   SHARE",
        "ci   claude      3     10       0      20  0.75  75.0 %",
        "-    nova        1     10       0      20  0.25  25.0 %",
        "and 1 further call; --limit shows more rows",
        "",
      ].join("\n"),
    );
  });
  it("says so where there was none", () => {
    const answer = create(QueryUsageResponseSchema, {
      from: timestampFromMs(now - hourMs),
      to: timestampFromMs(now),
    });
    const text = usageSheet(answer, [], ["MODEL"]);
    assert.equal(text, "No calls from 2026-11-23 13:30 to 2026-11-23 14:30 UTC.\n");
  });
});

describe("the line over time", () => {
  it("shows what is not zero, and fills its place with the most", () => {
    assert.equal(sparkline([0n, 1n, 400n, 800n]), " ▁▄█");
    assert.equal(sparkline([0n, 0n]), "");
    assert.equal(sparkline([5n]), "█");
  });
  it("has a step for each hour, or day where the time is long", () => {
    assert.equal(stepOf(now - 24 * hourMs, now).name, "hour");
    assert.equal(stepOf(now - 30 * 24 * hourMs, now).name, "day");
    const rows = [row(["2026-11-22"], 1n, 7n)];
    const span = { fromMs: now - 48 * hourMs, toMs: now, lengthMs: 24 * hourMs };
    assert.deepEqual(costsByStep(rows, span), [0n, 7n, 0n]);
  });
});

describe("the sheet of budgets", () => {
  it("has a row for each with a bar of what is spent and set aside", () => {
    const budgets = [
      create(BudgetStateSchema, {
        account: "daily-budget-limit/day/gateway",
        limitNanoUsd: 100_000_000_000n,
        spentNanoUsd: 25_000_000_000n,
        reservedNanoUsd: 1_000_000n,
        leftNanoUsd: 74_999_000_000n,
        windowEnd: timestampFromMs(Date.parse("2026-11-24")),
        action: BudgetAction.DENY,
      }),
    ];
    const [head = "", line = ""] = budgetsSheet(budgets, now).split("\n");
    assert.match(head, /^ACCOUNT +SPENT +SET ASIDE +LEFT +OF USD +ENDS IN +THEN$/);
    assert.match(
      line,
      /^daily-budget-limit\/day\/gateway +25\.00 +0\.001 +74\.999 +100\.00 +█████▒░{14} +9 h 30 min +calls are refused$/,
    );
  });
  it("says so where there are none", () => {
    assert.equal(budgetsSheet([], now), "No budget has been spent from.\n");
  });
});

describe("the options of usage", () => {
  it("name dimensions and tags", () => {
    assert.deepEqual(
      readGroupings("day,tag:team").map(({ heading }) => heading),
      ["DAY", "TEAM"],
    );
    for (const text of ["", "days", "day,", "tag:", "constructor"]) {
      assert.throws(() => readGroupings(text), /There is no/, text);
    }
  });
  it("name moments by age or date", () => {
    const read = readMoment(now);
    assert.equal(read("24h"), now - 24 * hourMs);
    assert.equal(read("2w"), now - 14 * 24 * hourMs);
    assert.equal(read("2026-11-01"), Date.parse("2026-11-01"));
    for (const text of ["", "24", "h", "yesterday", "2026-13-45"]) {
      assert.throws(() => read(text), /an age/, text);
    }
  });
  it("collect tags", () => {
    assert.deepEqual(readTag("b=2=3", readTag("a=1")), { a: "1", b: "2=3" });
    assert.throws(() => readTag("a"), /team=search/);
  });
});
