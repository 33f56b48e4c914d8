import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { models } from "../../../emulator/models/find-model.ts";
import { openAiModels } from "../../../emulator/openai/openai-models.ts";
import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { RefusableField } from "../../../server/core/model-traits.ts";
import { modelEntries } from "../../../server/routing/models/model-entries.ts";
import type { ModelEntry } from "../../../server/routing/models/model-entry.ts";

// The emulator and the catalogue know models from the same sources, each by a reading of its own: where they differ, one
// of them was misread.

const byId = new Map(modelEntries.map((entry) => [entry.id, entry]));

function entryOf(id: string): ModelEntry {
  const entry = byId.get(id);
  assert.ok(entry, `the catalogue has ${id}`);
  return entry;
}

/** AWS's card says that it reads no pictures; the emulator's takes them like every Claude. */
const lenient = "anthropic.claude-3-5-haiku-20241022-v1:0";

const refuses = (entry: ModelEntry, field: RefusableField) => (entry.refuses ?? []).includes(field);

describe("the catalogue and the emulator agree about Bedrock", () => {
  for (const model of models) {
    it(model.id, () => {
      const entry = entryOf(model.id);
      const { profiles = [], onDemand = profiles.length === 0 } = entry;
      assert.deepEqual([...profiles].sort(), [...model.profiles].sort(), "its profiles");
      assert.equal(onDemand, model.isOnDemand, "whether its own id can be called");
      assert.equal(entry.endOfLife, model.endOfLife, "its end");
      // The gateway's Llama goes through InvokeModel, whose limit is lower.
      if (entry.maxOutputTokens > 0 && entry.family !== "llama") {
        assert.equal(entry.maxOutputTokens, model.maxOutputTokens, "its longest answer");
      }
      if (["anthropic", "nova", "converse"].includes(entry.family)) {
        const seesImages = entry.features?.includes(ModelFeature.IMAGES) ?? false;
        const takesImages = model.id !== lenient && model.media.includes("image");
        assert.equal(seesImages, takesImages, "whether it sees");
        assert.equal(!refuses(entry, "messages.image"), takesImages, "whether it may be shown");
        assert.equal(!refuses(entry, "tools"), model.hasTools, "whether it uses tools");
      }
    });
  }

  it("and about which models there are", () => {
    const ids = modelEntries
      .filter(({ provider = "bedrock" }) => provider === "bedrock")
      .map(({ id }) => id);
    assert.deepEqual(ids.sort(), models.map(({ id }) => id).sort());
  });
});

describe("the catalogue and the emulator agree about OpenAI", () => {
  for (const model of openAiModels) {
    it(model.id, () => {
      const entry = entryOf(model.id);
      assert.deepEqual(
        [entry.contextWindowTokens, entry.maxOutputTokens],
        [model.contextTokens, model.maxOutputTokens],
      );
      for (const field of ["temperature", "top_p", "stop_sequences"] as const) {
        assert.equal(!refuses(entry, field), model.isSampled, field);
      }
      const reasons = model.efforts.length > 0;
      assert.equal(entry.reasoning, reasons ? "effort" : undefined);
      const canBeSilenced = !reasons || model.efforts.includes("none");
      assert.equal(!refuses(entry, "reasoning.none"), canBeSilenced);
      assert.equal(!refuses(entry, "messages.image"), model.seesImages);
      assert.equal(refuses(entry, "messages.cache_point"), false, "points are given or left out");
    });
  }
});
