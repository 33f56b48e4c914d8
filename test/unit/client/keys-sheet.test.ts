import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { keysSheet } from "../../../client/cli/keys-sheet.ts";
import { BudgetPeriod, KeyState } from "../../../client/sdk/node.ts";
import { LicenseKeySchema } from "../../../gen/axonflow/gateway/v1/key_pb.ts";

const nowMs = Date.parse("2026-11-23T12:00:00Z");
const sheet = (...keys: readonly MessageInitShape<typeof LicenseKeySchema>[]) =>
  keysSheet(
    keys.map((key) => create(LicenseKeySchema, key)),
    nowMs,
  );

describe("the sheet of licence keys", () => {
  it("says who has each key, whether it holds, and what it may", () => {
    const text = sheet(
      { name: "ops", state: KeyState.CONFIGURED },
      {
        name: "billing",
        tenant: "acme",
        prefix: "axf_made",
        state: KeyState.ENDING,
        createTime: timestampFromMs(nowMs),
        createdBy: "ops",
        revokeTime: timestampFromMs(nowMs + 90_000),
        grants: {
          allowedModels: ["claude-*", "gpt-4o"],
          allowedProviders: ["bedrock"],
          allowedRegions: ["us-*"],
          policies: ["strict-pii"],
          budgets: [
            { period: BudgetPeriod.DAY, limitNanoUsd: 5_000_000_000n },
            { period: BudgetPeriod.WEEK, rolling: true, limitNanoUsd: 1n },
          ],
          rates: { requestsPerMinute: 60n, tokensPerMinute: 1000n, concurrentStreams: 2n },
        },
      },
      { name: "old", state: KeyState.REVOKED, grants: {} },
      { name: "new", state: KeyState.ACTIVE, grants: { rates: {} } },
    );
    assert.deepEqual(text.split("\n"), [
      "NAME     TENANT  STATE          BEGINS    MADE               MAY",
      "ops      -       configured     -         -                  what all may",
      "billing  acme    ends in 1 min  axf_made  2026-11-23 by ops  claude-*, gpt-4o;",
      "                                                             at bedrock; in",
      "                                                             us-*; with",
      "                                                             strict-pii; $5.00 a",
      "                                                             day; $0.000000001 a",
      "                                                             rolling week; 60",
      "                                                             calls/min; 1000",
      "                                                             tokens/min; 2",
      "                                                             streams",
      "old      -       revoked        -         -                  what all may",
      "new      -       holds          -         -                  what all may",
      "",
    ]);
  });

  it("leaves nothing out and stays within 80 columns, however much a key may", () => {
    const patterns = fc.array(fc.stringMatching(/^[a-z0-9.:*/-]{1,200}$/), {
      minLength: 1,
      maxLength: 64,
    });
    const property = fc.property(patterns, (allowedModels) => {
      const lines = sheet({ name: "billing", tenant: "acme", grants: { allowedModels } })
        .trimEnd()
        .split("\n");
      assert(lines.every(({ length }) => length <= 80));
      const may = lines[0]?.indexOf("MAY") ?? Number.NaN;
      const told = lines.slice(1).map((line) => line.slice(may));
      assert.equal(told.join("").replaceAll(" ", ""), allowedModels.join(","));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("never shortens the names that commands take", () => {
    const name = "n".repeat(64);
    const text = sheet({ name, tenant: name, grants: { allowedModels: ["claude-3-haiku"] } });
    assert.match(text, new RegExp(`^${name}  ${name}  .*  claude-3-haiku$`, "m"));
  });

  it("says so where no keys are asked for", () =>
    assert.equal(sheet(), "There is no licence key: this gateway asks for none.\n"));
});
