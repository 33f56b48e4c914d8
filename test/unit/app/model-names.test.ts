import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createModelNames } from "../../../server/app/model-names.ts";
import { createCatalogue } from "../../../server/routing/catalogue.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";

function setUp(...defaultModels: readonly string[]) {
  const catalogue = createCatalogue({
    regions: new Map([
      ["bedrock", ["us-east-1"]],
      ["openai", [""]],
    ]),
    defaultModel: haiku,
    clock: createManualClock(),
  });
  return createModelNames({ catalogue, defaultModels, providers: ["bedrock", "openai"] });
}

describe("the names of a model", () => {
  it("are all that it can be asked for by, the catalogue's own first", () => {
    const names = setUp(haiku);
    for (const asked of [
      haiku,
      "claude-3-haiku",
      `us.${haiku}`,
      `arn:aws:bedrock:us-east-1::foundation-model/${haiku}`,
    ]) {
      const all = names(asked);
      assert.equal(all[0], "claude-3-haiku", asked);
      assert.ok(all.includes(haiku) && all.includes(asked), asked);
    }
  });

  it("are those of every default where none is asked for, the first one's first", () => {
    const names = setUp(haiku, "gpt-4o")("");
    assert.equal(names[0], "claude-3-haiku");
    assert.ok(names.includes("gpt-4o"));
  });

  it("are the one name that nobody knows", () => {
    assert.deepEqual(setUp(haiku)("no-such-model"), ["no-such-model"]);
  });

  it("are the same array as long as nothing changes, and right for more names than are kept", () => {
    const names = setUp(haiku);
    assert.equal(names("claude-3-haiku"), names("claude-3-haiku"));
    for (let n = 0; n < 10_000; n++) assert.deepEqual(names(`m-${n}`), [`m-${n}`]);
  });
});
