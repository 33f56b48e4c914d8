import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  RoutingAffinity,
  RoutingOrder,
  type RoutingPreferencesSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { normalizeRequest } from "../../../server/edge/normalize-request.ts";
import { routingViolations } from "../../../server/edge/routing-rules.ts";
import { sampleRequest } from "../../fakes/calls.ts";
import { refusalOf } from "../../fakes/outcomes.ts";

const violationsOf = (routing: MessageInitShape<typeof RoutingPreferencesSchema>) =>
  routingViolations(sampleRequest({ routing })).map(({ field }) => field);

describe("a request's routing", () => {
  it("may be left out, be empty, or use all that the contract has", () => {
    assert.deepEqual(routingViolations(sampleRequest()), []);
    assert.deepEqual(violationsOf({}), []);
    assert.deepEqual(
      violationsOf({
        allowedRegions: ["us-*", "eu-central-1", "*", "global"],
        allowedProviders: ["bedrock", "open*"],
        order: RoutingOrder.LATENCY,
        affinity: RoutingAffinity.CONVERSATION,
        disableFailover: true,
      }),
      [],
    );
  });

  for (const [claim, routing, fields] of [
    ["an empty region", { allowedRegions: ["us-east-1", ""] }, ["routing.allowed_regions[1]"]],
    ["a region in capitals", { allowedRegions: ["US-EAST-1"] }, ["routing.allowed_regions[0]"]],
    ["a regular expression", { allowedRegions: ["us-.+"] }, ["routing.allowed_regions[0]"]],
    ["a long region", { allowedRegions: ["a".repeat(65)] }, ["routing.allowed_regions[0]"]],
    ["33 regions", { allowedRegions: Array(33).fill("us-*") }, ["routing.allowed_regions"]],
    [
      "a provider with a space",
      { allowedProviders: ["bed rock"] },
      ["routing.allowed_providers[0]"],
    ],
    ["33 providers", { allowedProviders: Array(33).fill("a") }, ["routing.allowed_providers"]],
    ["an order that there is not", { order: 99 as RoutingOrder }, ["routing.order"]],
    ["an affinity that there is not", { affinity: -1 as RoutingAffinity }, ["routing.affinity"]],
  ] as const) {
    it(`may not have ${claim}`, () =>
      assert.deepEqual(violationsOf({ ...routing } as never), fields));
  }

  it("is checked with everything else", async () => {
    const request = sampleRequest({ routing: { order: 99 as RoutingOrder }, maxTokens: 0 });
    const { violations } = await refusalOf(() => normalizeRequest(request));
    assert.deepEqual(
      violations.map(({ field }) => field),
      ["max_tokens", "routing.order"],
    );
  });
});
