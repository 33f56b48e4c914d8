import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildImage } from "./deployment/build-image.ts";
import { type RunningContainer, startContainer } from "./deployment/run-container.ts";
import { question } from "./support/answer.ts";
import { type RunningEmulator, startEmulator } from "./support/emulator.ts";
import { runProgram } from "./support/program.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { MissingProgram, requireProgram } from "./support/toolchain.ts";

const licenseKey = "image-license-key-0001";

describe("the image of deploy/Dockerfile", { timeout: 600_000 }, () => {
  const folder = useTemporaryFolder("image");
  let image: string;
  let emulator: RunningEmulator;
  let container: RunningContainer;
  before(async () => {
    const advice = "Entering an image needs root that may mount (in a container: CAP_SYS_ADMIN).";
    if (process.getuid?.() !== 0) throw new MissingProgram(advice);
    await requireProgram("unshare", ["--mount", "--pid", "--fork", "true"], advice);
    image = await buildImage(folder);
    emulator = await startEmulator();
    const data = join(folder, "data");
    await mkdir(data);
    container = await startContainer(image, data, {
      AWS_ACCESS_KEY_ID: "emulator",
      AWS_SECRET_ACCESS_KEY: "emulator",
      LLM_BEDROCK_ENABLED: "true",
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
      AXONFLOW_LICENSE_KEYS: `image=${licenseKey}`,
      AXONFLOW_HOST: "127.0.0.1",
      AXONFLOW_DRAIN_DELAY_MS: "0",
    });
  });
  after(async () => {
    await container?.kill();
    await emulator?.stop();
  });

  it("answers, as a user without rights, from a tree that nobody can write to", async () => {
    const response = await fetch(`${container.httpUrl}/v1/complete`, {
      method: "POST",
      headers: { authorization: `Bearer ${licenseKey}`, "content-type": "application/json" },
      body: JSON.stringify({ prompt: question }),
    });
    const { content } = (await response.json()) as { content: string };
    assert.equal(content, "The capital of France is Paris.");
  });

  it("keeps budgets, usage and audit in the one directory that is writable", () => {
    assert.ok(existsSync(join(folder, "data/axonflow.db")));
  });

  it("holds no shell and no package manager", async () => {
    const { stdout } = await runProgram("find", [image, "-type", "f", "-perm", "/111"]);
    const programs = stdout.split("\n").filter((path) => !path.startsWith(`${image}/app/`));
    assert.deepEqual(
      programs
        .filter((path) => /\/(?:bin|sbin)\//.test(path))
        .map((path) => path.slice(image.length))
        .sort(),
      ["/usr/local/bin/axonflow", "/usr/local/bin/node"],
    );
  });

  it("holds no file that anybody could change", async () => {
    const folders = ["app", "usr", "etc"].map((name) => join(image, name));
    const { stdout } = await runProgram("find", [...folders, "!", "-type", "l", "-perm", "/222"]);
    assert.equal(stdout, "");
  });

  it("is smaller than 250 MB", async () => {
    const { stdout } = await runProgram("du", ["-sm", image]);
    assert.ok(Number.parseInt(stdout, 10) < 250, stdout);
  });

  it("names the packages that its libraries come from, for those who look for weaknesses", async () => {
    const { stdout } = await runProgram("ls", [join(image, "var/lib/dpkg/status.d")]);
    for (const name of ["libc6", "libstdc++6", "libgcc-s1"]) {
      assert.ok(stdout.split("\n").includes(name), name);
    }
  });

  it("is healthy by its own health check, and has the command by its name", async () => {
    assert.equal((await container.run(["node", "/app/client/cli/health-main.ts"])).exitCode, 0);
    const { exitCode, stdout } = await container.run(["axonflow", "--help"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /axonflow/);
  });

  it("drains on SIGTERM as process 1, ends with 0, and is not healthy from then on", async () => {
    assert.equal(await container.stop(), 0);
    assert.equal((await container.run(["node", "/app/client/cli/health-main.ts"])).exitCode, 1);
  });
});
