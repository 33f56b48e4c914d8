import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { readDocument } from "../../unit/deploy/markdown.ts";
import {
  type GatewayProcess,
  gatewayEnv,
  startGatewayProcess,
} from "../gateway/gateway-process.ts";

const root = new URL("../../../", import.meta.url).pathname;
const licenseKey = "documented-commands-license-key";

/** Every `axonflow …` of a Markdown text, in code blocks and in sentences, without what is said about it. */
function commandsOf(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^ *```bash\n([\s\S]*?)^ *```$/gm)].flatMap(
    ([, text = ""]) => text.replaceAll(/\\\n\s*/g, "").match(/^ *axonflow .+$/gm) ?? [],
  );
  const prose = markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  const inline = [...prose.matchAll(/`(axonflow [^`]*)`/g)].map(([, text = ""]) => text);
  return [...blocks, ...inline].map((text) =>
    text
      .replace(/\s{2,}#.*/, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
}

const commands = new Set(
  [readDocument("operations.md"), readDocument("troubleshooting.md")]
    .flatMap(commandsOf)
    // Another test holds the ids of checks to those that there are.
    .filter((command) => !/^axonflow doctor --only \S+$/.test(command)),
);

/** What asks AWS, or goes on for ever, is only asked whether it takes its options. */
const outward = /^axonflow (?:doctor\b|serve\b|iam-policy --ask)/;
/** What a sentence names without what it needs. */
const unfinished =
  /^axonflow (?:policy test|keys (?:create|revoke|rotate)|undrain|models compare|audit)$/;

describe("the axonflow command takes what the documents have operators type", () => {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-documented-"));
  let emulator: Emulator;
  let gateway: GatewayProcess;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    emulator = await createEmulator();
    copyFileSync(join(root, "deploy/compose/gateway.yaml"), join(folder, "gateway.yaml"));
    const settings = gatewayEnv({
      AXONFLOW_LICENSE_KEYS: `ops=${licenseKey}`,
      AXONFLOW_ADMIN_KEYS: "ops",
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_MODEL: "us.anthropic.claude-sonnet-4-6",
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
      OPENAI_API_KEY: "made-up-key",
      OPENAI_BASE_URL: `${emulator.url}/v1`,
    }) as Record<string, string>;
    gateway = await startGatewayProcess(settings, {
      args: ["--config", join(folder, "gateway.yaml")],
    });
    env = {
      ...settings,
      // Dozens of short processes load the same modules.
      NODE_COMPILE_CACHE: join(tmpdir(), "axonflow-test-compile-cache"),
      AXONFLOW_LICENSE_KEY: licenseKey,
      AXONFLOW_URL: gateway.grpcUrl,
      AXONFLOW_HTTP_PORT: new URL(gateway.httpUrl).port,
    };
  });
  after(async () => {
    gateway.child.kill("SIGTERM");
    await gateway.exited;
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  function type(command: string): Promise<{ status: number; said: string }> {
    const script = `axonflow() { '${process.execPath}' '${root}client/cli/axonflow.ts' "$@"; }\n${command}`;
    return new Promise((resolve) => {
      execFile("sh", ["-c", script], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ status: Number(error?.code ?? 0), said: stdout + stderr }),
      );
    });
  }

  it("there are many of them", () => assert.ok(commands.size >= 40, `${commands.size}`));

  for (const command of commands) {
    it(command, async () => {
      const filled = command.replaceAll("<name>", "jane").replaceAll("<model>", "claude-sonnet");
      const isAsked = outward.test(command) || unfinished.test(command);
      if (filled.includes("keys") && filled.includes("jane"))
        await type("axonflow keys create jane");
      const { status, said } = await type(isAsked ? `${filled} --help` : filled);
      // What was drained serves the next command again.
      if (command.includes(" drain ")) await type(command.replace(" drain ", " undrain "));
      assert.equal(status, 0, said);
    });
  }
});
