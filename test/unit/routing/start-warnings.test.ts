import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createCatalogue } from "../../../server/routing/catalogue.ts";
import { startWarnings } from "../../../server/routing/start-warnings.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { nextClaude, oldHaiku, smallLlama } from "../../fakes/model-entries.ts";

function warningsFor(defaultModel: string, aliases: ReadonlyMap<string, string> = new Map()) {
  const catalogue = createCatalogue({
    regions: new Map([["bedrock", ["us-east-1"]]]),
    defaultModel,
    clock: createManualClock(),
    entries: [oldHaiku, nextClaude, { ...smallLlama, isLegacy: true, endOfLife: "2027-03-01" }],
    overrides: { models: new Map(), aliases },
  });
  return startWarnings(catalogue, [defaultModel], { aliases });
}

describe("startWarnings", () => {
  for (const [model, words] of [
    [
      oldHaiku.id,
      /past its end of life at its provider \(2026-09-10\)\. Move to anthropic\.claude-next/,
    ],
    ["claude-3-haiku", /past its end of life/],
    ["llama3-8b", /end of its life soon \(2027-03-01\)\.$/],
    ["claude-of-tomorrow", /not in the catalogue/],
  ] as const) {
    it(`warns of ${model} as the default`, () => {
      const [warning = "", ...others] = warningsFor(model);
      assert.match(warning, words);
      assert.deepEqual(others, []);
    });
  }

  it("has nothing against a model that lives", () => {
    assert.deepEqual(warningsFor("claude-next"), []);
  });

  it("warns of an alias that leads nowhere", () => {
    const aliases = new Map([
      ["smart", "claude-next"],
      ["lost", "claude-of-yesterday"],
    ]);
    const [warning = "", ...others] = warningsFor("smart", aliases);
    assert.match(warning, /alias lost leads to claude-of-yesterday/);
    assert.deepEqual(others, []);
  });
});
