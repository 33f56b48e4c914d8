import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { guideYaml } from "../../fixtures/guide/guide.ts";
import { createCallers } from "./callers.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const licenseKey = "made-up-license-key";
const keys = { AXONFLOW_LICENSE_KEYS: `test=${licenseKey}` };
const printedUrl = "https://vpce-xxxxx.bedrock-runtime.us-east-1.vpce.amazonaws.com";

describe("the setup guide's healthcare configuration", () => {
  let emulator: Emulator;
  let directory: string;
  const started: GatewayProcess[] = [];
  const start = async (...options: Parameters<typeof startGatewayProcess>) => {
    const gateway = await startGatewayProcess(...options);
    started.push(gateway);
    return gateway;
  };
  before(async () => {
    emulator = await createEmulator();
    directory = mkdtempSync(join(tmpdir(), "axonflow-guide-"));
  });
  after(async () => {
    for (const { child } of started) child.kill("SIGKILL");
    await emulator.close();
    rmSync(directory, { recursive: true });
  });

  const bedrock = () => ({
    LLM_BEDROCK_REGION: "us-east-1",
    LLM_BEDROCK_ENDPOINT_URL: emulator.url,
  });
  const askAll = async (gateway: GatewayProcess, prompt: string, key = licenseKey) => {
    const callers = createCallers({ ...gateway, licenseKey: key });
    return Promise.all(callers.map((caller) => caller.complete({ prompt })));
  };

  it("serves as it is printed, and a change of its file is taken over", async () => {
    const path = join(directory, "healthcare.yaml");
    const printed = guideYaml.healthcare.replace(printedUrl, emulator.url);
    writeFileSync(path, printed);
    const gateway = await start({
      ...keys,
      AXONFLOW_ENVIRONMENT: "healthcare",
      AXONFLOW_CONFIG_DIR: directory,
      AXONFLOW_ALOWED_REGIONS: "us-*",
    });
    for (const answer of await askAll(gateway, "What is the capital of France?")) {
      assert.match(answer.text, /Paris/);
      assert.equal(answer.model, "anthropic.claude-3-5-sonnet-20240620-v1:0");
      assert.equal(answer.region, "us-east-1");
    }
    const warning = gateway.lines.find(({ msg }) => /AXONFLOW_ALOWED_REGIONS/.test(String(msg)));
    assert.match(String(warning?.msg), /Did you mean AXONFLOW_ALLOWED_REGIONS\?/);

    writeFileSync(path, printed + guideYaml.piiFilter);
    await untilLogged(gateway, /the configuration was reloaded/);
    for (const { text } of await askAll(gateway, "Repeat: My SSN is 536-22-8726.")) {
      assert.equal(text, "My SSN is [SSN].");
    }
    gateway.child.kill("SIGTERM");
    assert.equal(await gateway.exited, 0);
  });

  it("takes licence keys from a file, and a change of them at once", async () => {
    const path = join(directory, "license-keys");
    writeFileSync(path, `a=${licenseKey}\n`);
    const gateway = await start({
      ...bedrock(),
      AXONFLOW_LICENSE_KEYS_FILE: path,
    });
    await askAll(gateway, "Hello");
    const other = "another-made-up-key";
    writeFileSync(path, `a=${other}\nb=one-more-made-up-key\n`);
    await untilLogged(gateway, /the configuration was reloaded/);
    await askAll(gateway, "Hello", other);
    await assert.rejects(askAll(gateway, "Hello"), /UNAUTHENTICATED|not one of this gateway's/);

    writeFileSync(path, "# none\n");
    await untilLogged(gateway, /a configuration was refused/);
    await askAll(gateway, "Hello", other);
    gateway.child.kill("SIGTERM");
    assert.equal(await gateway.exited, 0);
  });

  it("of the repository starts with the guide's printed endpoint: nothing is asked at start", async () => {
    const gateway = await start(keys, { args: ["--environment", "healthcare"] });
    assert.equal((await fetch(`${gateway.httpUrl}/readyz`)).status, 200);
    gateway.child.kill("SIGTERM");
    assert.equal(await gateway.exited, 0);
  });

  it("can be said in variables: AWS_REGION where no other region is, LOG_LEVEL=debug", async () => {
    const gateway = await start({
      ...keys,
      LLM_BEDROCK_ENABLED: "true",
      LLM_BEDROCK_MODEL: "anthropic.claude-3-5-sonnet-20240620-v1:0",
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
      AWS_REGION: "eu-central-1",
      LOG_LEVEL: "debug",
    });
    for (const answer of await askAll(gateway, "What is the capital of France?")) {
      assert.equal(answer.region, "eu-central-1");
    }
    gateway.child.kill("SIGTERM");
    assert.equal(await gateway.exited, 0);
  });
});

async function untilLogged({ child, lines }: GatewayProcess, message: RegExp): Promise<void> {
  while (!lines.some(({ msg }) => message.test(String(msg)))) await once(child.stdout, "data");
}
