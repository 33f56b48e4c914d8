import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { GatewayError } from "../../../server/core/error.ts";
import { principalWith } from "../../fakes/principals.ts";
import { modelRoutesOf, routedWorld, usualPlaces } from "../../fakes/routed-world.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const sonnet = "anthropic.claude-3-5-sonnet-20240620-v1:0";

describe("the models of a licence key", () => {
  const world = routedWorld({ places: usualPlaces });
  const models = (asked: string, ...allowed: string[]) =>
    world.endpoints({ model: asked }, { principal: principalWith({ models: allowed }) });

  for (const [asked, allowed] of [
    ["claude-3-haiku", "claude-3-haiku"],
    [haiku, "claude-3-haiku"],
    [haiku, "claude-*"],
    ["claude-3-haiku", haiku],
    [`us.${haiku}`, haiku],
    ["gpt-4o", "gpt-*"],
    ["", "claude-3-5-*"],
  ] as const) {
    it(`let ${asked || "the default"} pass where ${allowed} is named`, () => {
      assert.notEqual(models(asked, "titan-*", allowed).length, 0);
    });
  }

  for (const asked of ["claude-3-haiku", haiku, `us.${haiku}`, "gpt-4o", ""]) {
    it(`refuse ${asked || "the default"} by whatever name it is asked for`, () => {
      assert.throws(
        () => models(asked, "llama3-*", "claude-sonnet-4*"),
        (error) =>
          error instanceof GatewayError &&
          error.code === Code.PermissionDenied &&
          error.metadata.allowed_models === "llama3-*, claude-sonnet-4*",
      );
    });
  }

  it("leave what a route leads to outside of them out, so that no failover goes there", () => {
    const routed = routedWorld({
      places: usualPlaces,
      modelRoutes: modelRoutesOf({ mine: { openai: "gpt-4o", bedrock: sonnet } }),
    });
    const names = (...allowed: string[]) =>
      routed.providers({ model: "mine" }, { principal: principalWith({ models: allowed }) });
    assert.deepEqual(names("gpt-4o", "claude-3-5-sonnet"), ["openai", "bedrock"]);
    assert.deepEqual(names("claude-3-5-sonnet"), ["bedrock"]);
  });
});
