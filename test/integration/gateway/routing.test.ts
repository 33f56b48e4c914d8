import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { ModelService } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import { createCallers } from "./callers.ts";
import { createContractCaller } from "./contract-caller.ts";
import { CallError, type DoorCaller } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";
import { runGateway, startGatewayProcess } from "./gateway-process.ts";

const claude = "anthropic.claude-3-5-sonnet-20240620-v1:0";
const question = { prompt: "What is the capital of France?", model: "gpt-4-turbo" };

/** What the calls of one gateway went to. */
async function providersOf(caller: DoorCaller, calls: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let call = 0; call < calls; call += 1) {
    const { provider } = await caller.complete(question);
    counts.set(provider, (counts.get(provider) ?? 0) + 1);
  }
  return counts;
}

async function failureOf(call: Promise<unknown>): Promise<CallError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof CallError, String(error));
    return error;
  }
  assert.fail("the call was answered");
}

describe("a gateway of Bedrock and OpenAI", () => {
  let openai: Emulator;
  let gateway: TestGateway;
  let caller: DoorCaller;
  before(async () => {
    // All of its requests are counted, not only the latest.
    openai = await createEmulator({ requestLimit: 10_000 });
    gateway = await startTestGateway({
      OPENAI_API_KEY: "sk-emulator",
      OPENAI_BASE_URL: `${openai.url}/v1`,
      LLM_BEDROCK_FAILOVER_REGION: "us-west-2",
      LLM_BEDROCK_FAILOVER_ENDPOINT_URL: "http://127.0.0.1:9/{region}",
      LLM_ROUTING_WEIGHTS: "openai=0.9,bedrock=0.1",
    });
    caller = createContractCaller("gRPC", "grpc", gateway.grpcUrl, gateway.licenseKey);
  });
  after(async () => {
    await gateway.close();
    await openai.close();
  });

  it("moves gpt-4-turbo to Claude 3.5 Sonnet week by week, and OpenAI hears of none in the third", async (t) => {
    for (const [week, weights, calls] of [
      [1, { openai: 0.9, bedrock: 0.1 }, 200],
      [2, { openai: 0.5, bedrock: 0.5 }, 100],
      [3, { bedrock: 1 }, 50],
    ] as const) {
      gateway.app.traffic.setWeights(new Map(Object.entries(weights)));
      const heard = openai.requests.length;
      const counts = await providersOf(caller, calls);
      t.diagnostic(`week ${week}: ${JSON.stringify(Object.fromEntries(counts))} of ${calls}`);
      const share = weights.bedrock;
      const fiveSigma = 5 * Math.sqrt(calls * share * (1 - share));
      assert.ok(Math.abs((counts.get("bedrock") ?? 0) - calls * share) <= fiveSigma);
      if (week === 3) assert.equal(openai.requests.length, heard);
    }
    const { provider, model } = await caller.complete(question);
    assert.deepEqual([provider, model], ["bedrock", claude]);
  });

  it("answers with the other weighted provider when the drawn one fails, on every door", async () => {
    gateway.app.traffic.setWeights(
      new Map([
        ["openai", 1e-9],
        ["bedrock", 1],
      ]),
    );
    const action = { kind: "exception", exception: "ServiceUnavailableException" } as const;
    gateway.emulator.setFaults([{ action }]);
    for (const each of createCallers(gateway)) {
      const { provider, hops } = await each.complete(question);
      assert.equal(provider, "openai");
      assert.ok(hops > 1, `${each.name}: ${hops} hops`);
    }
    gateway.emulator.setFaults([]);
  });

  it("keeps new calls from a drained place, and says so where nobody else may serve", async () => {
    const { traffic } = gateway.app;
    traffic.setWeights(
      new Map([
        ["openai", 1e-9],
        ["bedrock", 1],
      ]),
    );
    traffic.drain("bedrock");
    assert.equal((await caller.complete(question)).provider, "openai");
    const { code, reason, retryAfterMs, metadata } = await failureOf(
      caller.complete({ ...question, model: "claude-3-haiku" }),
    );
    assert.deepEqual([code, reason], ["UNAVAILABLE", "PROVIDER_UNAVAILABLE"]);
    assert.equal(retryAfterMs, 10_000);
    assert.equal(metadata.drained, "bedrock/us-east-1, bedrock/us-west-2");
    traffic.undrain("bedrock");
    assert.equal(
      (await caller.complete({ ...question, model: "claude-3-haiku" })).provider,
      "bedrock",
    );
  });

  it("refuses routing that the contract does not know, on every door", async () => {
    for (const each of createCallers(gateway)) {
      const asked = { ...question, routing: { allowedRegions: ["US"] } };
      const { code, fields } = await failureOf(each.complete(asked));
      assert.deepEqual(
        [code, fields],
        ["INVALID_ARGUMENT", ["routing.allowed_regions[0]"]],
        each.name,
      );
    }
  });
});

describe("a gateway that may only serve from Bedrock in us-east-1", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({
      OPENAI_API_KEY: "sk-emulator",
      AXONFLOW_ALLOWED_PROVIDERS: "bedrock",
      AXONFLOW_ALLOWED_REGIONS: "us-east-1",
    });
  });
  after(() => gateway.close());

  it("lists as served what can be served so: no OpenAI, and nothing that only a profile could serve", async () => {
    const transport = createGrpcTransport({
      baseUrl: gateway.grpcUrl,
      interceptors: [
        (next) => (request) => {
          request.header.set("authorization", `Bearer ${gateway.licenseKey}`);
          return next(request);
        },
      ],
    });
    const { models } = await createClient(ModelService, transport).listModels({});
    const served = models.filter(({ regions }) => regions.length > 0);
    assert.deepEqual([...new Set(served.flatMap(({ regions }) => regions))], ["us-east-1"]);
    assert.deepEqual([...new Set(served.map(({ provider }) => provider))], ["bedrock"]);
    assert.ok(served.some(({ name }) => name === "claude-3-haiku"));
    assert.ok(!served.some(({ name }) => name === "claude-sonnet-4-6"));
    assert.ok(models.some(({ name }) => name === "claude-sonnet-4-6"));
  });

  it("refuses what would leave, and never asks for it", async () => {
    const caller = createContractCaller("gRPC", "grpc", gateway.grpcUrl, gateway.licenseKey);
    const asked = gateway.emulator.requests.length;
    for (const model of ["claude-sonnet-4-6", `us.${claude}`, `global.${claude}`, "gpt-4o"]) {
      const { reason } = await failureOf(caller.complete({ ...question, model }));
      assert.equal(reason, "MODEL_NOT_SERVED", model);
    }
    assert.equal(gateway.emulator.requests.length, asked);
    assert.equal((await caller.complete(question)).model, claude);
  });
});

describe("the process", () => {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-routing-"));
  after(() => rmSync(folder, { recursive: true }));
  const fileOf = (name: string, yaml: string) => {
    const path = join(folder, name);
    writeFileSync(path, yaml);
    return path;
  };

  it("serves the guide's third week as it is written", async () => {
    const bedrock = await createEmulator();
    const openai = await createEmulator();
    const yaml = [
      "BedrockRegion: us-east-1",
      `BedrockModel: ${claude}`,
      `BedrockEndpointURL: ${bedrock.url}`,
      `OpenAIBaseURL: ${openai.url}/v1`,
      "# Week 3: 100% Bedrock",
      "routing_weights: {bedrock: 1.0}",
    ];
    const gateway = await startGatewayProcess(
      { OPENAI_API_KEY: "sk-emulator", AXONFLOW_LICENSE_KEYS: "test=test-license-key-1" },
      { args: ["--config", fileOf("week-3.yaml", yaml.join("\n"))] },
    );
    try {
      const caller = createContractCaller("gRPC", "grpc", gateway.grpcUrl, "test-license-key-1");
      const counts = await providersOf(caller, 10);
      assert.deepEqual([...counts], [["bedrock", 10]]);
      assert.equal(openai.requests.length, 0);
    } finally {
      gateway.child.kill("SIGTERM");
      await gateway.exited;
      await bedrock.close();
      await openai.close();
    }
  });

  it("does not start with routes, fences and weights that lead nowhere: all that a section has wrong is told", async () => {
    const path = fileOf(
      "wrong.yaml",
      [
        "BedrockRegion: us-east-1",
        "routes:",
        "  chat: {openai: gpt-4o, bedrock: claude-3-haku}",
        "keys:",
        "  clams: {allowed_providers: [bedrock]}",
      ].join("\n"),
    );
    const env = { AXONFLOW_LICENSE_KEYS: "claims=test-license-key-1" };
    const { status, stderr } = await runGateway(["--config", path], env);
    assert.equal(status, 2);
    const said = stderr.replaceAll(path, "FILE");
    assert.match(said, /FILE:3: routes.chat.openai: the provider openai is not configured/);
    assert.match(said, /FILE:3: routes.chat.bedrock: there is no model claude-3-haku of bedrock/);
    assert.match(said, /FILE:5: keys.clams: there is no licence key of this name/);
  });

  it("does not start where nothing may serve", async () => {
    const env = {
      AXONFLOW_LICENSE_KEYS: "claims=test-license-key-1",
      LLM_BEDROCK_REGION: "us-east-1",
      AXONFLOW_ALLOWED_REGIONS: "eu-*",
    };
    const { status, stderr } = await runGateway([], env);
    assert.equal(status, 2);
    assert.match(stderr, /Nothing may serve calls: bedrock in us-east-1 will not be asked/);
  });
});
