import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createGatewayClient } from "../../../client/sdk/node.ts";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";
import { runAxonflow } from "./command.ts";

const claude = "anthropic.claude-3-5-sonnet-20240620-v1:0";

describe("the operator's commands", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({
      AXONFLOW_ADMIN_KEYS: "test",
      OPENAI_API_KEY: "sk-emulator",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
    });
    const client = createGatewayClient({ url: gateway.grpcUrl, licenseKey: gateway.licenseKey });
    await client.complete("What is the capital of France?");
    client.close();
  });
  after(() => gateway.close());

  const answered = () =>
    gateway.app.endpoints.all().reduce((sum, record) => sum + record.answered, 0);
  const run = (...args: string[]) =>
    runAxonflow(args, {
      AXONFLOW_URL: gateway.grpcUrl,
      AXONFLOW_LICENSE_KEY: gateway.licenseKey,
    });

  it("show the live state", async () => {
    const { status, stdout, stderr } = await run("status");
    assert.deepEqual([status, stderr], [0, ""]);
    for (const line of [
      /^AxonFlow Gateway \d+\.\d+\.\d+, up .*, calls under way: 0$/m,
      /^bedrock\/us-east-1 +serving$/m,
      /^openai\/global +serving$/m,
      /^No weights are set/m,
      /^bedrock\/us-east-1\/anthropic\.claude\S+ +closed +0 +1 +0 /m,
      /^layers: trace > deadline > rateLimit > .* > attemptTimeout$/m,
    ]) {
      assert.match(stdout, line);
    }
  });

  it("show the pipeline, and why it is as it is", async () => {
    const { status, stdout } = await run("status", "--pipeline");
    assert.equal(status, 0);
    assert.match(stdout, /^trace +Outermost, so that refusals are measured too\.$/m);
    assert.equal(stdout.trimEnd().split("\n").length, 1 + gateway.app.layers.length);
  });

  it("show it in JSON, with the contract's names", async () => {
    const { status, stdout } = await run("status", "--json", "--timeout-ms", "20000");
    assert.equal(status, 0);
    const told = JSON.parse(stdout);
    assert.deepEqual(told.layers, gateway.app.layers);
    assert.equal(told.endpoints[0].circuit, "CIRCUIT_STATE_CLOSED");
    assert.equal(told.calls_in_flight, 0);
  });

  it("replace the weights and show them", async () => {
    const set = await run("weights", "openai=0.9", "bedrock=.1");
    assert.equal(set.status, 0);
    assert.match(set.stdout, /^openai +0\.9 +90\.0 % +█{18}░{2}$/m);
    assert.deepEqual(Object.fromEntries(gateway.app.traffic.weights ?? []), {
      openai: 0.9,
      bedrock: 0.1,
    });
    const shown = await run("weights");
    assert.deepEqual(shown, set);
    const { stdout } = await run("weights", "bedrock=1", "--json");
    assert.deepEqual(JSON.parse(stdout), { routing_weights: { bedrock: 1 } });
  });

  it("drain a place and let it serve again", async () => {
    const drained = await run("drain", "bedrock/us-east-1");
    assert.deepEqual([drained.status, drained.stdout], [0, "drained: bedrock/us-east-1\n"]);
    assert.match((await run("status")).stdout, /^bedrock\/us-east-1 +drained$/m);
    const all = await run("drain", "openai", "--json");
    assert.deepEqual(JSON.parse(all.stdout), { drained_places: ["bedrock/us-east-1", "openai"] });
    await run("undrain", "openai");
    const { stdout } = await run("undrain", "bedrock/us-east-1");
    assert.equal(stdout, "drained: nothing\n");
    assert.equal(gateway.app.traffic.drained.size, 0);
  });

  for (const [args, status, words] of [
    [["weights", "bedrock"], 2, /provider and a number/],
    [["weights", "bedrock=-1"], 2, /provider and a number/],
    [["weights", "bedrock=1", "bedrock=2"], 2, /already/],
    [["weights", "nobody=1"], 2, /"nobody" is not configured.*bedrock, openai/],
    [["weights", "bedrock=0"], 2, /One must be above 0/],
    [["drain", "bedrock/mars"], 2, /There is no "bedrock\/mars"/],
    [["drain"], 2, /missing required argument/],
    [["undrain", "a", "b"], 2, /too many arguments/],
    [["status", "--json", "--frob"], 2, /unknown option/],
  ] as const) {
    it(`refuse ${args.join(" ")} with ${status} and say what is wrong`, async () => {
      const outcome = await run(...args);
      assert.deepEqual([outcome.status, outcome.stdout], [status, ""]);
      assert.match(outcome.stderr, words);
    });
  }

  it("see the same answer twice for one idempotency-key, and one attempt", async () => {
    const answeredBefore = answered();
    const args = ["complete", "Write 5 words.", "--idempotency-key", "k", "--model", claude];
    const first = await run(...args);
    const again = await run(...args, "--stream");
    assert.deepEqual([first.status, again.status], [0, 0]);
    assert.equal(again.stdout, first.stdout);
    assert.doesNotMatch(first.stderr, /not billed/);
    assert.match(again.stderr, /\$0\.\d+ \(not billed again\)/);
    assert.equal(answered(), answeredBefore + 1);
  });

  it("tell a key that may not what would let it", async () => {
    const closed = await startTestGateway();
    for (const args of [["status"], ["weights", "bedrock=1"], ["drain", "bedrock"]]) {
      const { status, stdout, stderr } = await runAxonflow(args, {
        AXONFLOW_URL: closed.grpcUrl,
        AXONFLOW_LICENSE_KEY: closed.licenseKey,
      });
      assert.deepEqual([status, stdout], [3, ""]);
      assert.match(stderr, /PERMISSION_DENIED[\s\S]*AXONFLOW_ADMIN_KEYS/);
    }
    await closed.close();
  });
});
