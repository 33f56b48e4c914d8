import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { loadConfiguration } from "../../../server/config/load-configuration.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-conflicts-"));
after(() => rmSync(folder, { recursive: true }));

function problemsOf(yaml: string, env: Record<string, string> = {}): readonly string[] {
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, yaml);
  try {
    loadConfiguration({ flags: new Map(), env, file });
  } catch (error) {
    return (error as Error).message.replaceAll(file, "FILE").split("\n");
  }
  return [];
}

describe("settings that are wrong together", () => {
  for (const [about, yaml, env, expected] of [
    [
      "of one file are told with their lines",
      "BedrockRegion: us-east-1\nrouting_weights: {openai: 1}\n",
      {},
      [/^LLM_ROUTING_WEIGHTS .* \(FILE:2: routing_weights\)$/],
    ],
    [
      "of a file and a variable name the one by its line and the other by its name",
      "BedrockRegion: us-east-1\nBedrockFailoverRegion: us-west-2\n",
      { LLM_BEDROCK_ENDPOINT_URL: "https://vpce.example" },
      [/^LLM_BEDROCK_ENDPOINT_URL is of one region.*\(FILE:2: BedrockFailoverRegion\)$/],
    ],
    [
      "and licence keys that are wrong are told at once",
      "BedrockRegion: us-east-1\nBedrockGuardrailId: abc\n",
      { AXONFLOW_LICENSE_KEYS: "a=short" },
      [/^licence key 1: is shorter/, /^LLM_BEDROCK_GUARDRAIL_ID .*\(FILE:2: BedrockGuardrailId\)$/],
    ],
    ["need no line where all is well", "BedrockRegion: us-east-1\n", {}, []],
  ] as const) {
    it(about, () => {
      const problems = problemsOf(yaml, env);
      assert.equal(problems.length, expected.length, problems.join("\n"));
      for (const [index, pattern] of expected.entries())
        assert.match(problems[index] ?? "", pattern);
    });
  }
});
