import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AuditState } from "../../../server/core/audit-log.ts";
import { createReadiness } from "../../../server/edge/readiness.ts";

const compliance: AuditState = { mode: "compliance", isFailing: false, waiting: 0 };

describe("readiness", () => {
  for (const [claim, open, state, expected] of [
    ["is there for a gateway that lets calls in", true, compliance, [true, "ready"]],
    ["ends with draining", false, compliance, [false, "draining"]],
    [
      "ends when no call can be put on record",
      true,
      { ...compliance, isFailing: true },
      [false, "audit unavailable"],
    ],
    [
      "stays while records are written behind",
      true,
      { mode: "performance", isFailing: true, waiting: 9 },
      [true, "ready"],
    ],
    ["needs no audit log", true, { mode: "off", isFailing: false, waiting: 0 }, [true, "ready"]],
  ] as const) {
    it(claim, () => {
      const { isReady, status, audit } = createReadiness({ open }, { state })();
      assert.deepEqual([isReady, status], expected);
      assert.equal(audit, state.mode);
    });
  }
});
