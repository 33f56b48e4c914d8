import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  CircuitState,
  createGatewayClient,
  type GatewayClient,
  isGatewayCallError,
} from "../../../client/sdk/node.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

const adminKey = "admin-license-key-1";
const model = "anthropic.claude-3-5-sonnet-20240620-v1:0";

describe("AdminService", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({
      AXONFLOW_LICENSE_KEYS: `test=test-license-key-1,ops=${adminKey}`,
      AXONFLOW_ADMIN_KEYS: "ops",
      OPENAI_API_KEY: "sk-emulator",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      LLM_BEDROCK_FAILOVER_REGION: "us-west-2",
      LLM_BEDROCK_FAILOVER_ENDPOINT_URL: "http://127.0.0.1:9",
      AXONFLOW_TRIES_PER_ENDPOINT: "1",
    });
  });
  after(() => gateway.close());

  /** A client of every protocol, with its own connection. */
  const clientsOf = (licenseKey: string) =>
    [
      ["gRPC", { url: gateway.grpcUrl, transport: "grpc" }],
      ["Connect", { url: gateway.httpUrl, transport: "connect" }],
      ["gRPC-Web", { url: gateway.httpUrl, transport: "grpc-web" }],
      ["gRPC on the HTTP port", { url: gateway.httpUrl, transport: "grpc" }],
    ].map(([name, options]) => ({
      name: name as string,
      client: createGatewayClient({
        licenseKey,
        ...(options as { url: string; transport: "grpc" }),
      }),
    }));
  /** Runs something with each client, and closes them. */
  async function onEveryDoor(
    licenseKey: string,
    run: (client: GatewayClient, name: string) => Promise<void>,
  ) {
    for (const { name, client } of clientsOf(licenseKey)) {
      try {
        await run(client, name);
      } finally {
        client.close();
      }
    }
  }

  it("tells what the gateway is made of, and what its endpoints have done, on every door", async () => {
    let asked = 0n;
    await onEveryDoor(adminKey, async (client, name) => {
      await client.complete("What is the capital of France?");
      asked++;
      const status = await client.admin.getStatus();
      assert.deepEqual(
        status.layers.map(({ name, reason }) => ({ name, reason })),
        gateway.app.layers,
        name,
      );
      assert.deepEqual(
        status.places.map(({ place, drained }) => `${place} ${drained}`),
        ["bedrock/us-east-1 false", "bedrock/us-west-2 false", "openai/global false"],
      );
      assert.match(status.version, /^\d+\.\d+\.\d+$/);
      const [endpoint] = status.endpoints;
      assert.equal(endpoint?.endpoint, `bedrock/us-east-1/${model}`);
      assert.equal(endpoint.circuit, CircuitState.CLOSED);
      assert.deepEqual([endpoint.answered, endpoint.failed], [asked, 0n]);
      assert.ok(status.uptime && status.startTime && status.retryBudget);
    });
  });

  it("counts the calls that are under way, and what is kept for repeats", async () => {
    const client = createGatewayClient({ url: gateway.grpcUrl, licenseKey: adminKey });
    gateway.emulator.setPacing({ pauseAfterTokens: 2 });
    const stream = client.stream("Write 20 words.", { idempotencyKey: "k" });
    const pieces = stream[Symbol.asyncIterator]();
    await pieces.next();
    const busy = await client.admin.getStatus();
    assert.deepEqual([busy.callsInFlight, busy.endpoints[0]?.inFlight], [1, 1]);
    assert.equal(busy.idempotency?.running, 1);
    gateway.emulator.setPacing({});
    await gateway.emulator.journal.waitFor(({ kind }) => kind === "paused");
    gateway.emulator.release();
    await stream.summary();
    const idle = await client.admin.getStatus();
    assert.deepEqual([idle.callsInFlight, idle.endpoints[0]?.inFlight], [0, 0]);
    assert.deepEqual([idle.idempotency?.running, idle.idempotency?.kept], [0, 1]);
    const repeated = await client.complete("Write 20 words.", { idempotencyKey: "k" });
    assert.equal(repeated.replayOf, (await stream.summary()).requestId);
    client.close();
  });

  it("shows a circuit that opens, and when it will try again", async () => {
    const client = createGatewayClient({ url: gateway.grpcUrl, licenseKey: adminKey });
    const action = { kind: "exception", exception: "InternalServerException" } as const;
    gateway.emulator.setFaults([{ action }]);
    for (let call = 0; call < 10; call++) {
      await assert.rejects(client.complete("Hi."), isGatewayCallError);
    }
    gateway.emulator.clearFaults();
    const { endpoints } = await client.admin.getStatus();
    assert.deepEqual(
      endpoints.map(({ region, circuit, probeIn }) => [region, circuit, probeIn !== undefined]),
      [
        ["us-east-1", CircuitState.OPEN, true],
        ["us-west-2", CircuitState.OPEN, true],
      ],
    );
    assert.ok(endpoints.every(({ failed }) => failed > 0n));
    client.close();
  });

  it("changes weights and drains, and takes back what it drained, on every door", async () => {
    await onEveryDoor(adminKey, async ({ admin }, name) => {
      assert.deepEqual(await admin.setRoutingWeights({ openai: 1, bedrock: 3 }), {
        openai: 1,
        bedrock: 3,
      });
      assert.deepEqual((await admin.getStatus()).routingWeights, { openai: 1, bedrock: 3 }, name);
      assert.deepEqual(await admin.drainPlace("bedrock/us-west-2"), ["bedrock/us-west-2"]);
      assert.deepEqual([...gateway.app.traffic.drained], ["bedrock/us-west-2"], name);
      const { places } = await admin.getStatus();
      assert.deepEqual(
        places.flatMap(({ place, drained }) => (drained ? place : [])),
        ["bedrock/us-west-2"],
      );
      assert.deepEqual(await admin.undrainPlace("bedrock/us-west-2"), []);
    });
  });

  it("refuses what there is not, on every door, and says what there is", async () => {
    await onEveryDoor(adminKey, async ({ admin }, name) => {
      for (const [call, words] of [
        [admin.setRoutingWeights({ nobody: 1 }), /nobody.*bedrock, openai/],
        [admin.setRoutingWeights({ bedrock: Number.NaN }), /number from 0/],
        [admin.setRoutingWeights({}), /above 0/],
        [admin.drainPlace("bedrock/mars"), /bedrock\/mars.*us-east-1/],
        [admin.undrainPlace(""), /bedrock/],
      ] as const) {
        await assert.rejects(call, (error) => {
          assert.ok(isGatewayCallError(error), name);
          assert.equal(error.code, Code.InvalidArgument);
          assert.match(error.message, words);
          return true;
        });
      }
    });
  });

  it("is for the keys that AXONFLOW_ADMIN_KEYS names alone, on every door", async () => {
    const { traffic } = gateway.app;
    const before = traffic.weights;
    await onEveryDoor(gateway.licenseKey, async ({ admin }, name) => {
      for (const call of [
        () => admin.getStatus(),
        () => admin.setRoutingWeights({ bedrock: 1 }),
        () => admin.drainPlace("bedrock"),
        () => admin.undrainPlace("bedrock"),
      ]) {
        await assert.rejects(call(), (error) => {
          assert.ok(isGatewayCallError(error, "PERMISSION_DENIED"), name);
          assert.equal(error.code, Code.PermissionDenied);
          assert.match(error.message, /licence key test .*AXONFLOW_ADMIN_KEYS/);
          return true;
        });
      }
    });
    assert.equal(traffic.weights, before);
    assert.equal(traffic.drained.size, 0);
  });

  it("lets everybody, where no keys are asked for", async () => {
    const open = await startTestGateway({ AXONFLOW_LICENSE_KEYS: "" });
    const client = createGatewayClient({ url: open.grpcUrl });
    assert.equal((await client.admin.getStatus()).places.length, 1);
    client.close();
    await open.close();
  });
});
