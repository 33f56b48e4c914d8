import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ordinaryTraits } from "../../../server/core/model-traits.ts";
import { codecs } from "../../../server/providers/bedrock/codecs/codecs.ts";
import { continuationOf } from "../../../server/routing/continuation-of.ts";
import { matchEntry, matchUnknown } from "../../../server/routing/match.ts";
import { parseModelId } from "../../../server/routing/model-id.ts";
import { modelEntries } from "../../../server/routing/models/model-entries.ts";

const world = { day: "2026-11-23", listedIn: () => undefined, replacement: () => undefined };

describe("going on with a text", () => {
  it("is what every Llama, Mistral instruct and Titan does, and Claude before 4.6", () => {
    const going = modelEntries.filter((entry) => continuationOf(entry) === "prefill");
    assert.deepEqual(going.map(({ name }) => name).sort(), [
      "claude-3-5-haiku",
      "claude-3-5-sonnet",
      "claude-3-5-sonnet-v2",
      "claude-3-7-sonnet",
      "claude-3-haiku",
      "claude-3-opus",
      "claude-3-sonnet",
      "claude-haiku-4-5",
      "claude-opus-4",
      "claude-opus-4-1",
      "claude-opus-4-5",
      "claude-sonnet-4",
      "claude-sonnet-4-5",
    ]);
    const prompts = modelEntries.filter((entry) => continuationOf(entry) === "prompt");
    assert.deepEqual(
      new Set(prompts.map(({ family }) => family)),
      new Set(["llama", "mistral", "titan"]),
    );
  });

  it("is done in no way that the codec of the family does not know", () => {
    for (const { family, continuation } of codecs) {
      const entries = modelEntries.filter((entry) => entry.family === family);
      const ways = new Set(entries.map(continuationOf));
      ways.delete(undefined);
      assert.deepEqual([...ways], continuation ? [continuation] : [], family);
      if (continuation === "prompt") assert.equal(continuationOf({ family }), "prompt");
    }
  });

  it("is a trait of the endpoint", () => {
    const haiku = modelEntries.find(({ name }) => name === "claude-haiku-4-5");
    assert.ok(haiku);
    const [matched] = matchEntry(haiku, haiku.name, undefined, world).endpointsAt("us-east-1");
    assert.equal(matched?.endpoint.traits.continuation, "prefill");
    const [other] = matchEntry(
      { ...haiku, family: "converse" },
      haiku.name,
      undefined,
      world,
    ).endpointsAt("us-east-1");
    assert.equal(other?.endpoint.traits.continuation, undefined, "not in other bodies");
  });

  for (const [id, continuation] of [
    ["meta.llama9-8b-instruct-v1:0", "prompt"],
    ["mistral.mixtral-9x9b-instruct-v0:1", "prompt"],
    ["anthropic.claude-of-tomorrow-v1:0", undefined],
    ["amazon.nova-of-tomorrow-v1:0", undefined],
  ] as const) {
    it(`of ${id}, which no data tells of, is ${continuation ?? "not known"}`, () => {
      const match = matchUnknown(id, parseModelId(id), new Set(["bedrock"]));
      const [matched] = match?.endpointsAt("us-east-1") ?? [];
      assert.deepEqual(matched?.endpoint.traits, { ...ordinaryTraits, continuation });
    });
  }
});
