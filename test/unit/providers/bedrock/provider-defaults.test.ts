import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LatencyProfile, ServiceTier } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { RefusableField } from "../../../../server/core/model-traits.ts";
import {
  createDefaults,
  type ProviderDefaults,
} from "../../../../server/providers/bedrock/provider-defaults.ts";
import { sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";

type Change = Parameters<typeof sampleRequest>[0];

const guardrail = { id: "gr-1", version: "2" };

function effective(
  defaults: ProviderDefaults,
  change: Change = {},
  refuses: readonly RefusableField[] = [],
) {
  const endpoint = sampleEndpoint({ traits: { refuses: new Set(refuses) } });
  const request = createDefaults(defaults)(sampleRequest(change), endpoint);
  return {
    guardrail: request.guardrail && {
      id: request.guardrail.id,
      version: request.guardrail.version,
    },
    serviceTier: request.serviceTier,
    latencyProfile: request.latencyProfile,
  };
}

describe("the provider's defaults", () => {
  it("leave a request alone where nothing is configured", () => {
    const request = sampleRequest({ guardrail, serviceTier: ServiceTier.FLEX });
    assert.equal(createDefaults({})(request, sampleEndpoint()), request);
  });

  it("hold where the request says nothing", () => {
    const defaults = { guardrail, serviceTier: "flex", latencyProfile: "optimized" } as const;
    assert.deepEqual(effective(defaults), {
      guardrail,
      serviceTier: ServiceTier.FLEX,
      latencyProfile: LatencyProfile.OPTIMIZED,
    });
  });

  for (const [word, tier] of [
    ["default", ServiceTier.DEFAULT],
    ["priority", ServiceTier.PRIORITY],
    ["flex", ServiceTier.FLEX],
    ["reserved", ServiceTier.RESERVED],
  ] as const) {
    it(`know the tier ${word}`, () => {
      assert.equal(effective({ serviceTier: word }).serviceTier, tier);
    });
  }

  it("give way to what the request says", () => {
    const asked = { serviceTier: ServiceTier.DEFAULT, latencyProfile: LatencyProfile.STANDARD };
    const found = effective({ serviceTier: "flex", latencyProfile: "optimized" }, asked);
    assert.deepEqual(found, { guardrail: undefined, ...asked });
  });

  it("are not forced upon a model that refuses them", () => {
    const found = effective({ serviceTier: "flex", latencyProfile: "optimized", guardrail }, {}, [
      "service_tier",
      "latency_profile",
    ]);
    assert.deepEqual(found, { guardrail, serviceTier: 0, latencyProfile: 0 });
  });

  it("let a request repeat the configured guardrail", () => {
    assert.deepEqual(effective({ guardrail }, { guardrail }).guardrail, guardrail);
  });

  for (const other of [
    { id: "gr-2", version: "2" },
    { id: "gr-1", version: "3" },
    { id: "gr-1", version: "" },
  ]) {
    it(`refuse the guardrail ${JSON.stringify(other)} beside the configured one`, () => {
      assert.throws(() => effective({ guardrail }, { guardrail: other }), {
        violations: [
          {
            field: "guardrail",
            description:
              "This gateway's configuration names the guardrail for every call. Leave the field out.",
          },
        ],
      });
    });
  }

  for (const id of ["a b", "a\r\nx-header: b", "ü", ""]) {
    it(`refuse the guardrail id ${JSON.stringify(id)}, which cannot stand in a header`, () => {
      assert.throws(
        () => effective({}, { guardrail: { id, version: "1" } }),
        ({ violations }) => violations[0].field === "guardrail.id",
      );
    });
  }
});
