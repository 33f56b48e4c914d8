import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { createPolicyMetrics } from "../../../server/telemetry/policy-metrics.ts";
import { createRecordingMeter } from "../../fakes/recording-meter.ts";

const refusal = (metadata: Readonly<Record<string, string>>) =>
  new GatewayError(Code.FailedPrecondition, ErrorReason.BLOCKED_BY_POLICY, "No.", { metadata });

describe("measurements of policies", () => {
  it("count refusals by policy and limit", () => {
    const meter = createRecordingMeter();
    createPolicyMetrics(meter).limited(refusal({ policy: "p", limit: "requests_per_minute" }));
    assert.deepEqual(meter.measured, [
      {
        name: "axonflow.rate_limit.refused",
        value: 1,
        attributes: {
          "axonflow.policy.name": "p",
          "axonflow.rate_limit.name": "requests_per_minute",
        },
      },
    ]);
  });

  for (const [about, metadata, rule, direction] of [
    ["a rule", { policy: "p", rule: "words", direction: "request" }, "words", "request"],
    ["a topic", { policy: "p", topic: "weather", direction: "response" }, "weather", "response"],
    ["a guardrail", { policy: "p", rule: "guardrail_intervened" }, "guardrail_intervened", ""],
  ] as const) {
    it(`count what ${about} blocked`, () => {
      const meter = createRecordingMeter();
      createPolicyMetrics(meter).blocked(refusal(metadata));
      assert.deepEqual(
        meter.measured.map(({ attributes }) => attributes),
        [
          {
            "axonflow.policy.name": "p",
            "axonflow.content.rule": rule,
            "axonflow.content.direction": direction,
          },
        ],
      );
    });
  }

  it("are not there without a meter", () => {
    const metrics = createPolicyMetrics(undefined);
    metrics.limited(refusal({}));
    metrics.blocked(refusal({}));
  });
});
