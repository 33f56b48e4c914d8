import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { awsCommandsOf, filledIn } from "./deployment/aws-commands.ts";
import { awsProgram } from "./deployment/tools.ts";
import { type Finished, root, runProgram } from "./support/program.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const read = (path: string) => readFile(join(root, path), "utf8");
const ours = [
  ...awsCommandsOf(await read("docs/operations.md")),
  ...awsCommandsOf(await read("docs/troubleshooting.md")),
  ...awsCommandsOf(await read("docs/doctor.md")),
];
const guides = awsCommandsOf(await read("test/fixtures/guide/setup-guide.md"));
const limit = { timeout: 600_000 };

/** Exit statuses of version 1, the one that PyPI has. */
const status = { usage: 2, notReached: 255 };

/**
 * AWS's own program checks a command before it calls AWS. Here it calls a port where nobody listens, so whoever gets that far
 * has written what AWS takes.
 */
describe("AWS's own command line", limit, () => {
  const folder = useTemporaryFolder("aws-commands");
  let program: string;
  before(async () => {
    program = await awsProgram();
    const template = await read("deploy/cloudformation/axonflow.yaml");
    const files = {
      "policy.json": "{}",
      "bedrock-access-policy.json": "{}",
      "axonflow.yaml": template,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  });

  function run(command: string): Promise<Finished> {
    const mine = filledIn(command)
      .replace(/^aws /, `${program} --endpoint-url http://127.0.0.1:9 `)
      .replace("deploy/cloudformation/axonflow.yaml", "axonflow.yaml");
    const env = {
      AWS_ACCESS_KEY_ID: "made-up",
      AWS_SECRET_ACCESS_KEY: "made-up",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_CONFIG_FILE: join(folder, "none"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "1",
    };
    return runProgram("sh", ["-c", mine], { cwd: folder, env });
  }

  it("is asked for by the documents", () => {
    assert.ok(ours.length >= 14, ours.join("\n"));
    assert.equal(guides.length, 14);
  });

  for (const command of new Set(ours)) {
    it(`takes ${command}`, limit, async () => {
      const { exitCode, stdout, stderr } = await run(command);
      assert.equal(exitCode, status.notReached, stdout + stderr);
      assert.match(stderr, /Could not connect to the endpoint URL/);
    });
  }

  for (const command of new Set(guides)) {
    const isWhole = !command.includes("get-metric-statistics");
    it(`${isWhole ? "takes" : "refuses"} the guide's ${command}`, limit, async () => {
      const { exitCode, stdout, stderr } = await run(command);
      assert.equal(exitCode, isWhole ? status.notReached : status.usage, stdout + stderr);
    });
  }
});
