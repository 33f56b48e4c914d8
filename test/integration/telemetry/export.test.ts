import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { type GatewayProcess, startGatewayProcess } from "../gateway/gateway-process.ts";
import { type Collector, startCollector } from "./collector.ts";
import { freePort } from "./free-port.ts";
import { lanesOf } from "./lanes.ts";
import { serviceNameOf, spansOf } from "./otlp-spans.ts";

const licenseKey = "export-license-key";

describe("a gateway's telemetry, by the standard variables", () => {
  const emulators: Emulator[] = [];
  const collectors: Collector[] = [];
  before(async () => {
    emulators.push(await createEmulator(), await createEmulator());
  });
  after(async () => {
    for (const collector of collectors) collector.close();
    for (const emulator of emulators) await emulator.close();
  });

  const open = (env: Readonly<Record<string, string>>) => {
    const [east, west] = emulators;
    return startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: east?.url ?? "",
      LLM_BEDROCK_FAILOVER_REGION: "us-west-2",
      LLM_BEDROCK_FAILOVER_ENDPOINT_URL: west?.url ?? "",
      ...env,
    });
  };
  const collector = async (options?: { answers: boolean }) => {
    const started = await startCollector(options);
    collectors.push(started);
    return started;
  };
  /** One call that fails over; gives the id of its trace. */
  const ask = async (gateway: GatewayProcess) => {
    const action = { kind: "exception", exception: "ThrottlingException" } as const;
    emulators[0]?.setFaults([{ action }]);
    const [grpc] = lanesOf({ ...gateway, licenseKey });
    const traceId = randomBytes(16).toString("hex");
    await grpc?.ask("stream", "", `00-${traceId}-${randomBytes(8).toString("hex")}-01`);
    return traceId;
  };
  const end = (gateway: GatewayProcess) => {
    gateway.child.kill("SIGTERM");
    return gateway.exited;
  };

  it("reaches a collector over OTLP when the process ends: one tree, and the metrics", async () => {
    const { url, bodiesOf } = await collector();
    const gateway = await open({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    const traceId = await ask(gateway);
    assert.equal(await end(gateway), 0);
    const bodies = bodiesOf("/v1/traces");
    const spans = bodies.flatMap(spansOf).filter((span) => span.traceId === traceId);
    const [server, ...noServer] = spans.filter(({ kind }) => kind === 2);
    const [completion, ...noCompletion] = spans.filter(({ kind }) => kind === 1);
    const attempts = spans.filter(({ kind }) => kind === 3);
    assert.deepEqual([noServer, noCompletion], [[], []]);
    assert.equal(server?.name, "axonflow.gateway.v1.CompletionService/CompleteStream");
    assert.equal(server.attributes["rpc.status_code"], "OK");
    assert.equal(completion?.parentId, server.spanId);
    assert.deepEqual(
      attempts.map(({ parentId, attributes }) => [parentId, attributes["cloud.region"]]),
      [
        [completion.spanId, "us-east-1"],
        [completion.spanId, "us-west-2"],
      ],
    );
    assert.equal(serviceNameOf(bodies[0] ?? Buffer.alloc(0)), "axonflow-gateway");
    const metrics = Buffer.concat(bodiesOf("/v1/metrics")).toString("latin1");
    assert.match(metrics, /gen_ai\.client\.operation\.duration/);
    assert.match(metrics, /axonflow\.failovers/);
    assert.doesNotMatch(Buffer.concat(bodies).toString("latin1"), /capital|Paris/);
  });

  it("does not keep a process that a collector never answers", async () => {
    const { url, received } = await collector({ answers: false });
    const minuteMs = "60000";
    const gateway = await open({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_TIMEOUT: minuteMs,
      OTEL_BSP_EXPORT_TIMEOUT: minuteMs,
      OTEL_METRIC_EXPORT_TIMEOUT: minuteMs,
    });
    await ask(gateway);
    const ended = end(gateway);
    await received("/v1/traces");
    // Nothing but the gateway's own limit ends this wait; after ten seconds it would end with 1.
    assert.equal(await ended, 0);
  });

  it("warns of a collector that is not there, and answers all the same", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const gateway = await open({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    await ask(gateway);
    assert.equal(await end(gateway), 0);
    const errors = gateway.lines.filter(({ level }) => Number(level) >= 50);
    assert.deepEqual(errors, []);
  });

  it("is one signal alone where one alone is named, and none with nothing set", async () => {
    const { url, bodiesOf } = await collector();
    const [traced, off, none] = await Promise.all([
      open({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces` }),
      open({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/off`, OTEL_SDK_DISABLED: "true" }),
      open({}),
    ]);
    for (const gateway of [traced, off, none]) {
      await ask(gateway);
      assert.equal(await end(gateway), 0);
    }
    assert.equal(bodiesOf("/v1/traces").length > 0, true);
    assert.deepEqual([bodiesOf("/v1/metrics"), bodiesOf("/off/v1/traces")], [[], []]);
    const about = [off, none].flatMap(({ lines }) => lines.map((line) => line.about));
    assert.ok(!about.includes("telemetry"), "nothing complains");
  });
});
