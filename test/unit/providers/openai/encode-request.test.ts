import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ServiceTier } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { encodeRequest } from "../../../../server/providers/openai/encode-request.ts";
import { sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";

const endpoint = sampleEndpoint({ provider: "openai", family: "openai", model: "gpt-4o" });

describe("a request to Chat Completions", () => {
  it("asks for a stream only where one is wanted, and then for its usage", () => {
    const whole = JSON.parse(encodeRequest(sampleRequest(), endpoint, "unary"));
    const { stream, stream_options, ...rest } = JSON.parse(
      encodeRequest(sampleRequest(), endpoint, "stream"),
    );
    assert.deepEqual([stream, stream_options], [true, { include_usage: true }]);
    assert.deepEqual(rest, whole);
    assert.equal("stream" in whole || "stream_options" in whole, false);
  });

  it("writes a seed to its last digit", () => {
    for (const seed of [0n, -1n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n]) {
      const body = encodeRequest(sampleRequest({ seed }), endpoint, "unary");
      assert.match(body, new RegExp(`"seed":${seed}[,}]`));
    }
  });

  it("hashes ids that are longer than OpenAI takes, always to the same", () => {
    const idOf = (user: string) =>
      JSON.parse(encodeRequest(sampleRequest({ user }), endpoint, "unary")).safety_identifier;
    assert.equal(idOf("u".repeat(64)), "u".repeat(64));
    assert.match(idOf("u".repeat(65)), /^[0-9a-f]{64}$/);
    assert.equal(idOf("u".repeat(65)), idOf("u".repeat(65)));
    assert.notEqual(idOf("u".repeat(65)), idOf("u".repeat(66)));
    assert.equal(idOf(""), undefined);
  });

  for (const [tier, word] of [
    [ServiceTier.UNSPECIFIED, undefined],
    [ServiceTier.DEFAULT, "default"],
    [ServiceTier.PRIORITY, "priority"],
    [ServiceTier.FLEX, "flex"],
  ] as const) {
    it(`asks for the tier ${word ?? "that the project has"}`, () => {
      const request = sampleRequest({ serviceTier: tier });
      assert.equal(JSON.parse(encodeRequest(request, endpoint, "unary")).service_tier, word);
    });
  }
});
