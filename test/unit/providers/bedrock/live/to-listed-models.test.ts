import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FoundationModelSummary, InferenceProfileSummary } from "@aws-sdk/client-bedrock";
import { toListedModels } from "../../../../../server/providers/bedrock/live/to-listed-models.ts";

const modelArn = (id: string, region = "us-east-1") =>
  `arn:aws:bedrock:${region}::foundation-model/${id}`;

function model(id: string, more: Partial<FoundationModelSummary> = {}): FoundationModelSummary {
  return { modelId: id, modelArn: modelArn(id), ...more };
}

function profile(id: string, ...modelIds: readonly string[]): InferenceProfileSummary {
  return {
    inferenceProfileId: id,
    inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${id}`,
    inferenceProfileName: id,
    models: modelIds.map((each) => ({ modelArn: modelArn(each) })),
    status: "ACTIVE",
    type: "SYSTEM_DEFINED",
  };
}

describe("the two listings as one", () => {
  it("says everything that AWS says of a model", () => {
    const listed = toListedModels(
      [
        model("anthropic.claude-opus-4-1-20250805-v1:0", {
          modelName: "Claude Opus 4.1",
          providerName: "Anthropic",
          inputModalities: ["TEXT", "IMAGE"],
          outputModalities: ["TEXT"],
          responseStreamingSupported: true,
          // The SDK's type lacks INFERENCE_PROFILE, which AWS sends.
          inferenceTypesSupported: ["ON_DEMAND", "INFERENCE_PROFILE" as "ON_DEMAND"],
          modelLifecycle: {
            status: "LEGACY",
            legacyTime: new Date("2026-07-08T00:00:00Z"),
            endOfLifeTime: new Date("2027-01-08T23:59:59Z"),
          },
        }),
      ],
      [
        profile(
          "us.anthropic.claude-opus-4-1-20250805-v1:0",
          "anthropic.claude-opus-4-1-20250805-v1:0",
        ),
      ],
    );
    assert.deepEqual(listed, [
      {
        id: "anthropic.claude-opus-4-1-20250805-v1:0",
        name: "Claude Opus 4.1",
        maker: "anthropic",
        isText: true,
        inputModalities: ["TEXT", "IMAGE"],
        isStreaming: true,
        onDemand: true,
        profiles: ["us.anthropic.claude-opus-4-1-20250805-v1:0"],
        profileRegions: new Map([["us.anthropic.claude-opus-4-1-20250805-v1:0", ["us-east-1"]]]),
        lifecycle: "legacy",
        legacyFrom: "2026-07-08",
        endOfLife: "2027-01-08",
      },
    ]);
  });

  it("tells the regions behind a profile, and keeps the one that AWS leaves open", () => {
    const id = "amazon.nova-lite-v1:0";
    const arns = [modelArn(id, "us-west-2"), modelArn(id), modelArn(id), modelArn(id, "")];
    const profiles = [
      { ...profile(`global.${id}`, id), models: arns.map((arn) => ({ modelArn: arn })) },
    ];
    const [listed] = toListedModels([model(id)], profiles);
    assert.deepEqual(listed?.profileRegions?.get(`global.${id}`), ["us-west-2", "us-east-1", ""]);
  });

  it("takes nothing for granted that AWS leaves out", () => {
    assert.deepEqual(toListedModels([model("new.model")], []), [
      {
        id: "new.model",
        name: "new.model",
        maker: "new",
        isText: false,
        inputModalities: [],
        isStreaming: false,
        onDemand: false,
        profiles: [],
        profileRegions: new Map(),
        lifecycle: "unknown",
      },
    ]);
  });

  it("calls a status that nobody knows unknown", () => {
    const modelLifecycle = { status: "constructor" as "ACTIVE" };
    const [listed] = toListedModels([model("a.b", { modelLifecycle })], []);
    assert.equal(listed?.lifecycle, "unknown");
  });

  it("gives a model its profiles by the models behind them, not by how their ids look", () => {
    const listed = toListedModels(
      [model("a.one"), model("a.two")],
      [
        profile("us.a.one", "a.one", "a.one"),
        profile("global.something-else", "a.one"),
        profile("us.a.one", "a.one"),
        profile("eu.a.two", "a.two"),
        profile("us.a.unlisted", "a.unlisted"),
        profile("us.a.two-without-models"),
      ],
    );
    assert.deepEqual(
      listed.map(({ id, profiles }) => [id, profiles]),
      [
        ["a.one", ["us.a.one", "global.something-else"]],
        ["a.two", ["eu.a.two"]],
      ],
    );
  });

  for (const id of ["", "nodot", ".b", "a.b\u001b[31m", `a.${"b".repeat(300)}`]) {
    it(`leaves out a model called ${JSON.stringify(id.slice(0, 12))}`, () => {
      assert.deepEqual(toListedModels([model(id), { ...model(id), modelId: undefined }], []), []);
    });
  }

  it("lists a model once, as it came first", () => {
    const twice = [model("a.b", { modelName: "first" }), model("a.b", { modelName: "second" })];
    assert.deepEqual(
      toListedModels(twice, []).map(({ name }) => name),
      ["first"],
    );
  });
});
