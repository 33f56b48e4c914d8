import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import {
  GuardrailSchema,
  LatencyProfile,
  ServiceTier,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import {
  headersOf,
  pathOf,
} from "../../../../../server/providers/bedrock/transport/request-target.ts";
import type { BedrockRequest } from "../../../../../server/providers/bedrock/transport/transport.ts";

function request(change: Partial<BedrockRequest> = {}): BedrockRequest {
  return { api: "invoke", model: "m", body: "{}", options: {}, ...change };
}

describe("the path of a request", () => {
  for (const [about, api, delivery, path] of [
    ["InvokeModel", "invoke", "whole", "/model/m/invoke"],
    ["InvokeModelWithResponseStream", "invoke", "stream", "/model/m/invoke-with-response-stream"],
    ["Converse", "converse", "whole", "/model/m/converse"],
    ["ConverseStream", "converse", "stream", "/model/m/converse-stream"],
  ] as const) {
    it(`is that of ${about}`, () => assert.equal(pathOf(request({ api }), delivery), path));
  }

  for (const [model, label] of [
    [
      "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
      "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc",
    ],
    ["..", "%2E%2E"],
    [".", "%2E"],
    ["../admin", "..%2Fadmin"],
    ["a\ud800b", "a%EF%BF%BDb"],
    ["a?b#c", "a%3Fb%23c"],
    ["a\r\nb", "a%0D%0Ab"],
  ] as const) {
    it(`holds ${JSON.stringify(model)} as one label`, () => {
      assert.equal(pathOf(request({ model }), "whole"), `/model/${label}/invoke`);
    });
  }
});

describe("the headers of a request", () => {
  const options = {
    guardrail: create(GuardrailSchema, { id: "gr", version: "7" }),
    serviceTier: ServiceTier.FLEX,
    latencyProfile: LatencyProfile.OPTIMIZED,
  };

  it("say what is wanted besides the body", () => {
    assert.deepEqual(headersOf(request({ options }), "whole"), {
      "content-type": "application/json",
      accept: "application/json",
      "x-amzn-bedrock-guardrailidentifier": "gr",
      "x-amzn-bedrock-guardrailversion": "7",
      "x-amzn-bedrock-service-tier": "flex",
      "x-amzn-bedrock-performanceconfig-latency": "optimized",
    });
  });

  it("say nothing that nobody asked for", () => {
    assert.deepEqual(headersOf(request(), "whole"), {
      "content-type": "application/json",
      accept: "application/json",
    });
  });

  it("of a stream want JSON inside the frames", () => {
    assert.deepEqual(headersOf(request(), "stream"), {
      "content-type": "application/json",
      "x-amzn-bedrock-accept": "application/json",
    });
  });

  it("of Converse leave the options to the body", () => {
    assert.deepEqual(headersOf(request({ api: "converse", options }), "whole"), {
      "content-type": "application/json",
    });
  });
});
