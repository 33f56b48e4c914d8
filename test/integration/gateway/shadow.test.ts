import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import {
  createGatewayClient,
  type GatewayClient,
  type ShadowReport,
} from "../../../client/sdk/node.ts";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { lotOf } from "../../../server/shadow/sampling.ts";
import {
  type MetricEndpoint,
  type PutCall,
  startMetricEndpoint,
  valuesOf,
} from "../../fakes/metric-endpoint.ts";
import { runAxonflow } from "../client/command.ts";
import { createCallers } from "./callers.ts";
import { type DoorCaller, readStream } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";
import { startGatewayProcess } from "./gateway-process.ts";

const apiKey = "sk-shadow-test";
const prompt = "What is the capital of France?";
const providers = { PrimaryProvider: "openai", ShadowProvider: "bedrock" };

/** The setup guide's four variables, to the letter. */
const guide = {
  LLM_SHADOW_MODE: "true",
  LLM_PRIMARY_PROVIDER: "openai",
  LLM_SHADOW_PROVIDER: "bedrock",
  LLM_SHADOW_SAMPLE_RATE: "0.10",
};
const every = { ...guide, LLM_SHADOW_SAMPLE_RATE: "1", LLM_SHADOW_SELF_SHARE: "0" };

describe("a gateway in shadow mode", () => {
  let openai: Emulator;
  let metrics: MetricEndpoint;
  let gateway: TestGateway | undefined;
  let client: GatewayClient;
  let callers: readonly DoorCaller[];
  before(async () => {
    openai = await createEmulator({ openAiKeys: [apiKey] });
    metrics = await startMetricEndpoint();
    process.env.AWS_ENDPOINT_URL_CLOUDWATCH = metrics.url;
  });
  afterEach(async () => {
    client?.close();
    await gateway?.close();
    gateway = undefined;
  });
  after(async () => {
    delete process.env.AWS_ENDPOINT_URL_CLOUDWATCH;
    metrics.close();
    await openai.close();
  });

  const open = async (env: Readonly<Record<string, string>>): Promise<TestGateway> => {
    gateway = await startTestGateway({
      OPENAI_API_KEY: apiKey,
      OPENAI_BASE_URL: `${openai.url}/v1`,
      ...env,
    });
    const { grpcUrl: url, licenseKey } = gateway;
    client = createGatewayClient({ url, licenseKey });
    callers = createCallers(gateway);
    return gateway;
  };

  /** The report, once that many sampled calls have come to an end of some kind. */
  const reportOf = async (ended: number): Promise<ShadowReport> => {
    for (;;) {
      const report = await client.getShadowReport();
      const counts = [report.shadow?.requests, report.self?.requests];
      const all = [...counts, ...report.drops.map(({ count }) => count)];
      if (all.reduce<number>((sum, count) => sum + Number(count ?? 0n), 0) >= ended) return report;
    }
  };
  const requestsTo = (emulator: Emulator) =>
    emulator.journal.entries.filter(({ kind }) => kind === "request").length;

  it("copies the guide's tenth of the traffic, by the guide's four variables", async () => {
    const { emulator: bedrock } = await open(guide);
    const before = requestsTo(openai);
    const ids: string[] = [];
    for (let round = 0; round < 30; round++) {
      const answers = await Promise.all(
        callers.flatMap((caller) => [
          caller.complete({ prompt }),
          readStream(caller.stream({ prompt })),
        ]),
      );
      for (const { provider, text, requestId } of answers) {
        assert.deepEqual([provider, text], ["openai", "The capital of France is Paris."]);
        ids.push(requestId);
      }
    }
    const sampled = ids.map(lotOf).filter(({ sample }) => sample < 0.1);
    const self = sampled.filter((lot) => lot.self < 0.05);
    const { shadow, recommendation } = await reportOf(sampled.length + self.length);
    assert.equal(shadow?.requests, BigInt(sampled.length));
    assert.equal(shadow?.bothSucceeded, shadow?.requests);
    assert.equal(requestsTo(bedrock), sampled.length, "Bedrock sees the copies and nothing else");
    assert.equal(requestsTo(openai) - before, ids.length + self.length);
    assert.ok(recommendation && recommendation.reasons.length > 0);

    await gateway?.close();
    gateway = undefined;
    const calls: PutCall[] = [await metrics.calls.next()];
    assert.equal(calls[0]?.namespace, "AxonFlow/LLMShadowMode");
    for (const dimensions of [{}, providers]) {
      assert.deepEqual([...valuesOf(calls, "SimilarityScore", dimensions)], [[1, sampled.length]]);
    }
    assert.ok(!calls[0]?.body.includes("capital"), "no text leaves");
  });

  it("answers as ever when the shadow hangs, drops what is too much, and says how much that was", async () => {
    const { emulator: bedrock } = await open({ ...every, LLM_SHADOW_MAX_CONCURRENT: "2" });
    bedrock.addFault({ action: { kind: "stall" } });
    for (const caller of callers) {
      assert.equal((await caller.complete({ prompt })).provider, "openai");
      assert.equal((await readStream(caller.stream({ prompt }))).provider, "openai");
    }
    const { drops } = await reportOf(8);
    assert.deepEqual(
      drops.map(({ name, count }) => [name, count]),
      [["busy", 8n]],
    );
  });

  it("answers as ever when the shadow fails, and tells the failures apart", async () => {
    const { emulator: bedrock } = await open(every);
    bedrock.addFault({ action: { kind: "exception", exception: "ThrottlingException" } });
    for (const caller of callers) {
      const { provider, hops } = await caller.complete({ prompt });
      assert.deepEqual([provider, hops], ["openai", 1]);
    }
    const { shadow } = await reportOf(callers.length);
    assert.deepEqual(shadow?.onlyShadowFailed, BigInt(callers.length));
    const failures = shadow?.shadow?.failures.map(({ name, count }) => [name, count]);
    assert.deepEqual(failures, [["PROVIDER_THROTTLED", BigInt(callers.length)]]);
    assert.equal(requestsTo(bedrock), callers.length, "a copy is tried once");
  });

  it("copies nothing past a fence, a pin or a model that the shadow does not have", async () => {
    const { emulator: bedrock } = await open(every);
    await client.complete({ prompt, routing: { allowedProviders: ["openai"] } });
    await client.complete({ prompt, provider: "openai" });
    await client.complete({ prompt, model: "gpt-4o" });
    const { drops } = await reportOf(3);
    assert.deepEqual(
      drops.map(({ name, count }) => [name, count]),
      [
        ["not_served", 2n],
        ["pinned", 1n],
      ],
    );
    assert.equal(requestsTo(bedrock), 0);
  });

  it("gives its report at every door, to who has a key", async () => {
    const { httpUrl, grpcUrl, licenseKey } = await open(every);
    await client.complete({ prompt });
    await reportOf(1);
    for (const transport of ["grpc", "connect", "grpc-web"] as const) {
      const url = transport === "grpc" ? grpcUrl : httpUrl;
      const caller = createGatewayClient({ url, licenseKey, transport });
      assert.equal((await caller.getShadowReport()).shadow?.requests, 1n);
      caller.close();
      const stranger = createGatewayClient({ url, transport });
      await assert.rejects(stranger.getShadowReport(), /no licence key/);
      stranger.close();
    }
  });

  it("prints its report", async () => {
    const { grpcUrl, licenseKey } = await open(every);
    for (let count = 0; count < 3; count++) await client.complete({ prompt });
    await reportOf(3);
    const env = { AXONFLOW_URL: grpcUrl, AXONFLOW_LICENSE_KEY: licenseKey };
    const [sheet, json] = await Promise.all([
      runAxonflow(["shadow", "report"], env),
      runAxonflow(["shadow", "report", "--json"], env),
    ]);
    assert.deepEqual([sheet.status, sheet.stderr, json.status], [0, "", 0]);
    for (const words of [
      /^bedrock beside openai: 100 % of the calls, since 20\d\d-.*\n3 calls with a result, 3 answers compared$/m,
      /^WAIT: there is too little to go by\.\n {2}- 3 answers were compared; it takes 100/m,
      /^answered +100\.0 % +100\.0 %$/m,
      /^moving 100 % +[+-]\d/m,
      /^similarity +1\.00 +1\.00 +1\.00 +1\.00 +-$/m,
      /^critical differences +0\.0 % +-$/m,
      /^gpt-\S+ +anthropic\.claude\S+ +3 +1\.00 +0$/m,
    ]) {
      assert.match(sheet.stdout, words);
    }
    const report = JSON.parse(json.stdout);
    assert.deepEqual(
      [report.enabled, report.shadow.compared, report.recommendation.verdict],
      [true, "3", "SHADOW_VERDICT_WAIT"],
    );
  });

  it("says that it is off where it is", async () => {
    const { grpcUrl, licenseKey } = await open({});
    assert.equal((await client.getShadowReport()).enabled, false);
    const env = { AXONFLOW_URL: grpcUrl, AXONFLOW_LICENSE_KEY: licenseKey };
    const { status, stdout } = await runAxonflow(["shadow", "report"], env);
    assert.equal(status, 0);
    assert.match(stdout, /^Shadow mode is off\. LLM_SHADOW_MODE=true/);
  });
});

describe("a gateway whose shadow mode writes to standard output", () => {
  it("writes a line of Embedded Metric Format per comparison among its logs, a translated model's too", async (context) => {
    const [bedrock, openai] = [await createEmulator(), await createEmulator()];
    const folder = mkdtempSync(join(tmpdir(), "axonflow-shadow-"));
    context.after(() => {
      rmSync(folder, { recursive: true });
      return Promise.all([bedrock.close(), openai.close()]);
    });
    const config = join(folder, "gateway.yaml");
    writeFileSync(
      config,
      "routes:\n  gpt-4-turbo: {openai: gpt-4-turbo, bedrock: claude-3-haiku}\n",
    );
    const licenseKey = "key-of-the-emf-test";
    const gateway = await startGatewayProcess(
      {
        ...every,
        LLM_SHADOW_SINK: "emf",
        AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
        LLM_BEDROCK_REGION: "us-east-1",
        LLM_BEDROCK_ENDPOINT_URL: bedrock.url,
        OPENAI_API_KEY: "sk-emulator",
        OPENAI_BASE_URL: `${openai.url}/v1`,
      },
      { args: ["--config", config] },
    );
    const client = createGatewayClient({ url: gateway.grpcUrl, licenseKey });
    const { requestId } = await client.complete({ prompt, model: "gpt-4-turbo" });
    while ((await client.getShadowReport()).shadow?.requests === 0n);
    client.close();
    gateway.child.kill("SIGTERM");
    assert.equal(await gateway.exited, 0);
    const line = gateway.lines.find(({ _aws }) => _aws);
    assert.ok(line);
    assert.deepEqual([line.SimilarityScore, line.RequestId], [1, requestId]);
    assert.deepEqual([line.PrimaryProvider, line.ShadowProvider], ["openai", "bedrock"]);
    assert.deepEqual(
      [line.PrimaryModel, line.ShadowModel],
      ["gpt-4-turbo", "anthropic.claude-3-haiku-20240307-v1:0"],
    );
    assert.ok(!JSON.stringify(line).includes("capital"));
  });
});
