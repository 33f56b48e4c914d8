import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { withSettings } from "../../../../server/config/schema/settings-document.ts";
import type { Setting } from "../../../../server/config/setting.ts";
import { settingsTable } from "../../../../server/config/settings.ts";

const document = readFileSync("docs/configuration.md", "utf8");

describe("docs/configuration.md", () => {
  it("has the settings as the tables have them (else: npm run generate)", () =>
    assert.equal(withSettings(document), document));

  it("has a row for every setting, by both of its names", () => {
    for (const { yaml, env } of Object.values(settingsTable)) {
      const row = document.split("\n").find((line) => line.startsWith(`| \`${yaml}\` |`));
      assert.ok(row?.includes(env === yaml ? "the same" : `\`${env}\``), yaml);
    }
  });

  it("and docs/policies.md agree with the tables on what a reload changes", () => {
    const [, list = ""] =
      /^What can change while the gateway runs:\n(.*?)^Everything else/ms.exec(
        readFileSync("docs/policies.md", "utf8"),
      ) ?? [];
    for (const setting of Object.values(settingsTable) as readonly Setting<unknown>[]) {
      const { yaml, isReloadable = false } = setting;
      if (yaml !== "LicenseKeysFile")
        assert.equal(list.includes(`\`${yaml}\``), isReloadable, yaml);
    }
  });

  it("without its markers is refused", () =>
    assert.throws(() => withSettings("# Configuration\n"), /has no <!-- settings/));
});
