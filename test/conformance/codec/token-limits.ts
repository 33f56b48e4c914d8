import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { checkRequest } from "../../../server/providers/check-request.ts";
import { sampleEndpoint, sampleRequest } from "../../fakes/calls.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import type { CodecCase } from "../codec-suite.ts";

/** How many tokens a request asks for, and that more than the model writes is refused before. */
export function tokenLimits({ codec, model, maxTokens }: CodecCase): void {
  const endpointWith = (maxOutputTokens: number | undefined) =>
    sampleEndpoint({ family: codec.family, model, maxOutputTokens });
  const asked = (wish: number | undefined, maxOutputTokens: number | undefined) => {
    const request = sampleRequest(wish === undefined ? {} : { maxTokens: wish });
    return maxTokens.in(JSON.parse(codec.encode(request, endpointWith(maxOutputTokens))));
  };

  describe("its max_tokens", () => {
    it(`is ${maxTokens.usual} where nobody says and no limit is known`, () => {
      assert.equal(asked(undefined, undefined), maxTokens.usual);
    });
    it("is the model's limit where that is lower", () => {
      assert.equal(asked(undefined, maxTokens.usual - 1), maxTokens.usual - 1);
    });
    it("is no more where the model could write more", () => {
      assert.equal(asked(undefined, maxTokens.usual + 1), maxTokens.usual);
    });
    it("is what the caller says, from one to the limit", () => {
      assert.deepEqual([asked(1, 1000), asked(1000, 1000)], [1, 1000]);
    });
    it("is refused above the limit", async () => {
      const request = sampleRequest({ maxTokens: 1001 });
      const error = await refusalOf(() => checkRequest(request, endpointWith(1000), codec.accepts));
      assert.equal(error.code, Code.InvalidArgument);
      assert.deepEqual(
        error.violations.map(({ field }) => field),
        ["max_tokens"],
      );
    });
  });
}
