import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { readDocument } from "../../unit/deploy/markdown.ts";
import { guide, guideBlocks } from "../../unit/deploy/read-guide.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const run = promisify(execFile);
const licenseKey = "guide-curl-license-key";
const curlOf = (blocks: readonly string[]) =>
  blocks.find((block) => block.startsWith("curl -X POST ")) ?? assert.fail("there is no curl");
const printed = curlOf(guideBlocks("bash"));
const ours = curlOf(
  [...readDocument("operations.md").matchAll(/```bash\n([\s\S]*?)```/g)].map(
    ([, text = ""]) => text,
  ),
);
const expected = JSON.parse(
  guideBlocks("json").find((block) => block.includes("latency_ms")) ?? assert.fail("no response"),
);

const guideModel = "anthropic.claude-3-5-sonnet-20240620-v1:0";

describe("the setup guide's curl command", () => {
  const emulators: Emulator[] = [];
  const gateways: GatewayProcess[] = [];
  const start = async (lifecycle: "guide" | "real") => {
    const emulator = await createEmulator({ lifecycle });
    emulators.push(emulator);
    const gateway = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `guide=${licenseKey}`,
      LLM_BEDROCK_ENABLED: "true",
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_MODEL: "us.anthropic.claude-sonnet-4-6",
      LLM_BEDROCK_ENDPOINT_URL: emulator.url,
    });
    gateways.push(gateway);
    return gateway;
  };
  let ofTheGuide: GatewayProcess;
  let ofToday: GatewayProcess;
  before(async () => {
    ofTheGuide = await start("guide");
    ofToday = await start("real");
  });
  after(async () => {
    for (const { child, exited } of gateways) {
      child.kill("SIGTERM");
      await exited;
    }
    for (const emulator of emulators) await emulator.close();
  });

  /** Given to a shell as it is printed, but for the key and the port; the answer's status is its last line. */
  async function type(command: string, gateway: GatewayProcess, key = licenseKey) {
    const mine = command
      .replace("http://localhost:8082", gateway.httpUrl)
      .replace("YOUR_LICENSE_KEY", key);
    const { stdout } = await run("sh", ["-c", `${mine.trim()} -s -w '\n%{http_code}'`]);
    const [body = "", status] = stdout.split(/\n(?=\d+$)/);
    return { status, body: JSON.parse(body) };
  }

  it("is the one of operations.md", () => assert.equal(ours, printed));

  it("gives the response that the guide expects", async () => {
    const { status, body } = await type(printed, ofTheGuide);
    assert.equal(status, "200");
    const { latency_ms, ...answer } = expected;
    for (const [member, value] of Object.entries(answer))
      assert.deepEqual(body[member], value, member);
    assert.equal(typeof body.latency_ms, typeof latency_ms);
  });

  it("is told which model to ask instead, where its own has been retired", async () => {
    const { status, body } = await type(printed, ofToday);
    assert.equal(status, "404");
    assert.equal(body.error.reason, "MODEL_END_OF_LIFE");
    const { replacement } = body.error.metadata;
    const { status: next } = await type(
      printed.replace(/"model": "[^"]+"/, `"model": "${replacement}"`),
      ofToday,
    );
    assert.equal(next, "200");
    const { status: without } = await type(printed.replace(/,\s*"model": "[^"]+"/, ""), ofToday);
    assert.equal(without, "200");
  });

  const models = new Set(
    [...guide.matchAll(/^\| \*\*.+?\*\* \| `(\S+)` \|/gm)].map(([, id = ""]) => id),
  );
  it("is printed beside eight models", () => assert.equal(models.size, 8));

  for (const model of models) {
    it(`may name ${model}, which the guide lists`, async () => {
      const { status, body } = await type(printed.replace(guideModel, model), ofTheGuide);
      assert.deepEqual([status, body.model], ["200", model]);
    });
  }

  for (const [slip, find, put, expectedStatus, reason] of [
    ["a wrong key", "Bearer YOUR_LICENSE_KEY", "Bearer wrong", "401", "INVALID_LICENSE_KEY"],
    ["no key", '-H "Authorization: Bearer YOUR_LICENSE_KEY"', "", "401", "MISSING_LICENSE_KEY"],
    ["broken JSON", '"provider"', "provider", "400", "MALFORMED_REQUEST"],
    ["a field that is not there", '"prompt"', '"promt"', "400", "MALFORMED_REQUEST"],
    ["an empty prompt", "What is the capital of France?", "", "400", "INVALID_FIELD"],
    [
      "a model that is not there",
      "anthropic.claude-3-5-sonnet-20240620-v1:0",
      "claude-9",
      "404",
      "MODEL_NOT_FOUND",
    ],
    ["a provider that is not there", '"bedrock"', '"openai"', "400", "PROVIDER_NOT_CONFIGURED"],
    ["another method", "-X POST", "-X PUT", "405", "MALFORMED_REQUEST"],
  ] as const) {
    it(`is answered with ${reason} when it has ${slip}`, async () => {
      assert.ok(printed.includes(find));
      const { status, body } = await type(printed.replace(find, put), ofTheGuide);
      assert.deepEqual([status, body.error.reason], [expectedStatus, reason]);
      assert.ok(body.error.help.endsWith(`#${reason.toLowerCase()}`));
    });
  }
});
