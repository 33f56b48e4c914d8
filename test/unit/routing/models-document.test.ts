import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { costOf, savingPercent } from "../../../client/cli/comparison.ts";
import { usd } from "../../../client/cli/usd.ts";
import { loadSettings } from "../../../server/config/load.ts";
import { type ModelOverrides, noOverrides } from "../../../server/core/model-override.ts";
import { createCatalogue } from "../../../server/routing/catalogue.ts";
import { startWarnings } from "../../../server/routing/start-warnings.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";

const document = readFileSync(join(import.meta.dirname, "../../../docs/models.md"), "utf8");

const folder = mkdtempSync(join(tmpdir(), "axonflow-models-document-"));
after(() => rmSync(folder, { recursive: true }));

function catalogueWith(overrides: ModelOverrides = noOverrides) {
  return createCatalogue({
    regions: new Map([
      ["bedrock", ["us-east-1"]],
      ["openai", ["global"]],
    ]),
    defaultModel: "claude-3-5-sonnet",
    clock: createManualClock(),
    overrides,
  });
}

describe("docs/models.md", () => {
  const catalogue = catalogueWith();
  const counts = { input: 1000, output: 500 };

  for (const [from, to] of [
    ["gpt-4-turbo", "claude-3-5-sonnet"],
    ["gpt-4", "claude-3-opus"],
    ["gpt-3.5-turbo", "claude-3-haiku"],
  ] as const) {
    it(`tells what moving from ${from} to ${to} saves`, () => {
      const row = document.split("\n").find((line) => line.startsWith(`| \`${from}\` |`)) ?? "";
      assert.ok(row.includes(`| \`${to}\` |`), row);
      const [before, now] = [from, to].map((name) => {
        const model = catalogue.find(name);
        return model && costOf(model, counts);
      });
      assert.ok(before && now);
      for (const part of ["inputNanoUsd", "outputNanoUsd", "totalNanoUsd"] as const) {
        assert.ok(row.includes(`| ${savingPercent(before[part], now[part])} %`), `${part}: ${row}`);
      }
      const totals = `($${usd(before.totalNanoUsd)} → $${usd(now.totalNanoUsd)})`;
      assert.ok(row.includes(totals), `${totals}: ${row}`);
    });
  }

  it("has an example of a file that does what it says", () => {
    const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(document) ?? [];
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, yaml);
    const { modelOverrides } = loadSettings({ flags: new Map(), env: {}, file });
    const changed = catalogueWith(modelOverrides);
    assert.equal(changed.find("fast")?.name, "nova-micro");
    assert.match(changed.find("support")?.id ?? "", /application-inference-profile/);
    const sonnet = changed.find("claude-sonnet-4-6");
    assert.equal(sonnet?.price?.inputNanoUsdPerMillionTokens, 2_700_000_000n);
    assert.deepEqual(startWarnings(changed, [], modelOverrides), []);
  });

  it("names only models and aliases that there are", () => {
    const names = document.matchAll(/`((?:claude|gpt|bedrock-gpt|nova|llama\d)-[\w.-]*)`/g);
    for (const [, name = ""] of names) assert.ok(catalogue.find(name), name);
  });
});
