import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openAudit, recordConfiguration } from "../../../server/app/audit.ts";
import { createExamination } from "../../../server/app/doctor.ts";
import { loadConfiguration } from "../../../server/config/load-configuration.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { runCheck } from "../../../server/doctor/run-checks.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { expectFinding } from "./examined.ts";

const configured = (yaml: string, env: Record<string, string> = {}) => {
  const file = join(dataDirectory(), "gateway.yaml");
  writeFileSync(file, yaml);
  const common = { AXONFLOW_LICENSE_KEYS: "billing=made-up-license-key" };
  return loadConfiguration({ flags: new Map(), env: { ...common, ...env }, file });
};
const examine = (checked: ReturnType<typeof configured>) =>
  createExamination({ checked, role: undefined, attested: new Map() });

describe("an examination", () => {
  it("looks at every region, and at every model as it is called there", async () => {
    const { regions, models, checks } = await examine(
      configured(`BedrockRegion: us-east-1
BedrockModel: claude-sonnet-4-5
BedrockFailoverRegion: [us-west-2, eu-central-1]
`),
    );
    assert.deepEqual(regions, ["us-east-1", "us-west-2", "eu-central-1"]);
    assert.deepEqual(
      models.map(({ region, profileId }) => `${region} ${profileId}`),
      [
        "us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us-west-2 us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu-central-1 eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
      ],
    );
    const trails = checks.filter(({ id }) => id === "cloud-trail");
    assert.deepEqual(
      trails.map(({ subject }) => subject),
      regions,
    );
  });

  it("takes in the models of routes, aliases, grants and budgets, and no patterns", async () => {
    const { models } = await examine(
      configured(`BedrockRegion: us-east-1
BedrockModel: claude-3-haiku
aliases: {house: mistral.mistral-large-2402-v1:0}
keys:
  billing:
    allowed_models: [meta.llama3-70b-instruct-v1:0, "claude-*"]
policies:
  - name: day
    type: budget
    limits: {daily_cost_usd: 100}
    action: {downgrade: amazon.titan-text-express-v1}
`),
    );
    assert.deepEqual(models.map(({ foundationId }) => foundationId).sort(), [
      "amazon.titan-text-express-v1",
      "anthropic.claude-3-haiku-20240307-v1:0",
      "meta.llama3-70b-instruct-v1:0",
      "mistral.mistral-large-2402-v1:0",
    ]);
  });

  it("verifies the log of a gateway that runs, and looks at the modes of its files", async () => {
    const checked = configured("BedrockRegion: us-east-1\n", {
      AXONFLOW_DATA_DIR: join(dataDirectory(), "data"),
    });
    const find = async (id: string) => {
      const { checks } = await examine(checked);
      return checks.find((check) => check.id === id) ?? assert.fail(`no check ${id}`);
    };
    assert.equal((await runCheck(await find("audit-log"), 20_000)).verdict, "unknown");
    const desk = await openAudit(checked.settings, systemClock, createRecordingLog());
    try {
      recordConfiguration(desk, checked.settings);
      const pass = { verdict: "pass", reason: /records in 1 chains/ } as const;
      await expectFinding(await find("audit-log"), pass);
      await expectFinding(await find("file-modes"), { verdict: "pass", reason: /Nobody else/ });
    } finally {
      await desk.close();
    }
  });

  it("asks nothing of Bedrock where it is off", async () => {
    const { checks, regions } = await examine(
      configured("AuditMode: off\n", { OPENAI_API_KEY: "made-up" }),
    );
    assert.deepEqual(regions, []);
    const ids = checks.map(({ id }) => id);
    assert.ok(ids.includes("audit-log") && ids.includes("identity"));
    assert.ok(!ids.includes("vpc-endpoint") && !ids.includes("archive"));
  });
});
