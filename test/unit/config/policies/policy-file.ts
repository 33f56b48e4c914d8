import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "../../../../server/config/configuration-error.ts";
import { loadSettings } from "../../../../server/config/load.ts";
import type { Configuration } from "../../../../server/config/settings.ts";

/** A file that tests write their YAML into. */
export interface PolicyFile {
  load(yaml: string): Configuration;
  /** What is said of a text that is refused, a line each; the file is called FILE. */
  problemsOf(yaml: string): readonly string[];
  remove(): void;
}

/** Makes one in a folder of its own. */
export function createPolicyFile(): PolicyFile {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-policies-"));
  const file = join(folder, "gateway.yaml");
  function load(yaml: string): Configuration {
    writeFileSync(file, yaml);
    return loadSettings({ flags: new Map(), env: {}, file });
  }
  return {
    load,
    problemsOf(yaml) {
      try {
        load(yaml);
      } catch (error) {
        assert.ok(error instanceof ConfigurationError, String(error));
        return error.message.replaceAll(file, "FILE").split("\n");
      }
      assert.fail("nothing was wrong");
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
