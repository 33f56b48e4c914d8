import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openAiAddress, openAiRegion } from "../../../../server/providers/openai/address.ts";

describe("where OpenAI is", () => {
  for (const [baseUrl, origin, path, region] of [
    ["https://api.openai.com/v1", "https://api.openai.com", "/v1/chat/completions", "global"],
    ["https://api.openai.com/v1/", "https://api.openai.com", "/v1/chat/completions", "global"],
    ["https://eu.api.openai.com/v1", "https://eu.api.openai.com", "/v1/chat/completions", "eu"],
    ["http://127.0.0.1:8090/v1", "http://127.0.0.1:8090", "/v1/chat/completions", "global"],
    ["http://127.0.0.1:8090", "http://127.0.0.1:8090", "/chat/completions", "global"],
    [
      "https://eu.example.com/openai?api-version=1",
      "https://eu.example.com",
      "/openai/chat/completions?api-version=1",
      "global",
    ],
  ] as const) {
    it(`for ${baseUrl}`, () => {
      assert.deepEqual(openAiAddress(baseUrl), { origin, path });
      assert.equal(openAiRegion(baseUrl), region);
    });
  }
});
