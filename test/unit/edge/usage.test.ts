import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import {
  ListBudgetsRequestSchema,
  QueryUsageRequestSchema,
  UsageDimension,
} from "../../../gen/axonflow/gateway/v1/usage_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { UsageQuery, UsageSum } from "../../../server/core/ledger.ts";
import { createGate } from "../../../server/edge/gate.ts";
import { createUsage } from "../../../server/edge/usage.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";

type Request = MessageInitShape<typeof QueryUsageRequestSchema>;

const admin = { principal: { name: "ops" } };
const other = { principal: { name: "ci", tenant: "acme" } };
const sums: UsageSum = {
  values: ["a"],
  calls: 2n,
  inputTokens: 3n,
  outputTokens: 4n,
  cacheReadInputTokens: 5n,
  cacheWriteInputTokens: 6n,
  costNanoUsd: 7n,
};

function stage() {
  const clock = createManualClock();
  const asked: UsageQuery[] = [];
  const readers: unknown[] = [];
  const usage = createUsage({
    gate: createGate({ clock }),
    clock,
    ledger: {
      async usage(query) {
        asked.push(query);
        return [sums];
      },
    },
    budgets: async (reader) => {
      readers.push(reader);
      return [];
    },
    isAdmin: ({ name }) => name === "ops",
  });
  const query = (request: Request, reader: typeof admin | typeof other = admin) =>
    usage.query(create(QueryUsageRequestSchema, request), reader);
  return { usage, query, asked, readers, nowMs: clock.epochMs() };
}

describe("the usage behind the doors", () => {
  it("is that of the last day in one sum where nothing is said", async () => {
    const { query, asked, nowMs } = stage();
    const { rows, total } = await query({});
    const nobody = { tenant: undefined, provider: undefined, model: undefined, tags: undefined };
    assert.deepEqual(asked[0], {
      fromEpochMs: nowMs - 24 * 60 * 60 * 1000,
      toEpochMs: nowMs,
      where: { key: undefined, ...nobody },
      by: [],
      limit: 100,
    });
    assert.deepEqual(asked[1]?.by, []);
    assert.equal(rows[0]?.costNanoUsd, 7n);
    assert.equal(total?.calls, 2n);
  });
  it("is grouped and narrowed as asked", async () => {
    const { query, asked } = stage();
    await query({
      from: timestampFromMs(1000),
      to: timestampFromMs(2000),
      groupBy: [
        { by: { case: "dimension", value: UsageDimension.DAY } },
        { by: { case: "tag", value: "team" } },
      ],
      filter: { key: "ci", model: "m", tags: { team: "search" } },
      limit: 5,
    });
    assert.deepEqual(asked[0], {
      fromEpochMs: 1000,
      toEpochMs: 2000,
      where: {
        key: "ci",
        tenant: undefined,
        provider: undefined,
        model: "m",
        tags: { team: "search" },
      },
      by: ["day", { tag: "team" }],
      limit: 5,
    });
  });
  it("is a key's own for everybody but administrators", async () => {
    const { query, asked } = stage();
    await query({}, other);
    await query({ filter: { key: "ci" } }, other);
    assert.deepEqual(
      asked.map(({ where }) => where.key),
      ["ci", "ci", "ci", "ci"],
    );
    const { reason } = await refusal(query({ filter: { key: "ops" } }, other));
    assert.equal(reason, ErrorReason.PERMISSION_DENIED);
    assert.equal(asked.length, 4);
  });
  const mistakes: ReadonlyArray<readonly [field: string, request: Request]> = [
    ["from", { from: timestampFromMs(2000), to: timestampFromMs(2000) }],
    ["limit", { limit: 0 }],
    ["limit", { limit: 1001 }],
    ["group_by[0]", { groupBy: [{}] }],
    ["group_by[0]", { groupBy: [{ by: { case: "tag", value: "" } }] }],
    ["group_by[0]", { groupBy: [{ by: { case: "dimension", value: 99 as UsageDimension } }] }],
    [
      "group_by[1]",
      {
        groupBy: [{ by: { case: "tag", value: "a" } }, { by: { case: "tag", value: "a" } }],
      },
    ],
    [
      "group_by",
      { groupBy: ["a", "b", "c", "d", "e"].map((value) => ({ by: { case: "tag", value } })) },
    ],
  ];
  for (const [index, [field, request]] of mistakes.entries()) {
    it(`is refused for a mistake in ${field} (${index + 1})`, async () => {
      const { violations } = await refusal(stage().query(request));
      assert.deepEqual(
        violations.map((violation) => violation.field),
        [field],
      );
    });
  }
});

describe("the budgets behind the doors", () => {
  it("are all for administrators, and a key's and its tenant's for others", async () => {
    const { usage, readers } = stage();
    const request = create(ListBudgetsRequestSchema);
    await usage.listBudgets(request, admin);
    await usage.listBudgets(request, other);
    assert.deepEqual(readers, [undefined, other.principal]);
  });
});

async function refusal(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    return GatewayError.from(error);
  }
  return assert.fail("it was answered");
}
