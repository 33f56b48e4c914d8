import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { checkers, composeReader, kustomize } from "./deployment/tools.ts";
import { root, runProgram, runWell } from "./support/program.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const limit = { timeout: 600_000 };

describe("what is deployed is what its tools take", () => {
  const folder = useTemporaryFolder("deployment");

  it("CloudFormation, without a warning of cfn-lint", limit, async () => {
    const lint = join(await checkers(), "cfn-lint");
    const { exitCode, stdout, stderr } = await runProgram(lint, [
      "--include-checks",
      "I",
      "--",
      join(root, "deploy/cloudformation/axonflow.yaml"),
    ]);
    assert.deepEqual({ exitCode, said: stdout + stderr }, { exitCode: 0, said: "" });
  });

  for (const variant of ["many", "single"]) {
    it(
      `Kubernetes, ${variant}: kustomize builds it, and every object fits its schema`,
      limit,
      async () => {
        const build = await runWell(await kustomize(), [
          "build",
          join(root, "deploy/kubernetes", variant),
        ]);
        const file = join(folder, `${variant}.yaml`);
        await writeFile(file, build);
        const validate = join(await checkers(), "kubernetes-validate");
        const said = await runProgram(validate, ["--strict", file]);
        assert.equal(said.exitCode, 0, said.stdout + said.stderr);
        const kinds = build.match(/^kind: \w+$/gm) ?? [];
        const passed = (said.stdout + said.stderr).match(/ passed for resource /g) ?? [];
        assert.equal(passed.length, kinds.length);
        assert.ok(kinds.length >= 8);
      },
    );
  }

  it("Compose, as Docker Compose itself reads it", limit, async () => {
    const file = join(root, "deploy/compose/compose.yaml");
    const model = JSON.parse(await runWell(await composeReader(), ["-format", "json", file]));
    assert.deepEqual(Object.keys(model.services).sort(), ["collector", "orchestrator", "postgres"]);
  });
});
