import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { type GatewayProcess, startGatewayProcess } from "../gateway/gateway-process.ts";
import { freePort } from "./free-port.ts";
import { lanesOf } from "./lanes.ts";
import { readScrape, type Scrape, selectionsOf } from "./prometheus-text.ts";

const licenseKey = "dashboard-license-key";
const file = new URL("../../../deploy/grafana/axonflow.json", import.meta.url);
const dashboard = JSON.parse(readFileSync(file, "utf8"));
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** Every query of the dashboard, by its panel's title. */
const queries: readonly (readonly [title: string, expression: string])[] = dashboard.panels.flatMap(
  ({ title, targets = [] }: { title: string; targets?: readonly { expr: string }[] }) =>
    targets.map(({ expr }) => [title, expr]),
);

describe("the Grafana dashboard", () => {
  const emulators: Emulator[] = [];
  let gateway: GatewayProcess;
  let text: string;
  let scrape: Scrape;
  before(async () => {
    // Slow enough that an answer comes in several chunks.
    const pacing = { tokensPerSecond: 500 };
    emulators.push(await createEmulator({ pacing }), await createEmulator({ pacing }));
    const port = await freePort();
    gateway = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: emulators[0]?.url ?? "",
      LLM_BEDROCK_FAILOVER_REGION: "us-west-2",
      LLM_BEDROCK_FAILOVER_ENDPOINT_URL: emulators[1]?.url ?? "",
      OTEL_METRICS_EXPORTER: "prometheus",
      OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1",
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
    });
    const action = { kind: "exception", exception: "ThrottlingException" } as const;
    emulators[0]?.setFaults([{ action, times: 1 }]);
    for (const lane of lanesOf({ ...gateway, licenseKey })) {
      for (const delivery of ["unary", "stream"] as const) {
        assert.ok(await lane.ask(delivery, "", traceparent));
      }
    }
    text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    scrape = readScrape(text);
  });
  after(async () => {
    gateway.child.kill("SIGTERM");
    await gateway.exited;
    for (const emulator of emulators) await emulator.close();
  });

  it("has a panel for all that the operator asks first", () => {
    const titles = queries.map(([title]) => title).join("\n");
    for (const about of [
      /Latency by model/,
      /first chunk/,
      /Tokens/,
      /dollars/,
      /by outcome/,
      /Failovers/,
      /Circuits/,
      /Retry budget/,
      /Event-loop delay/,
      /Open calls/,
    ]) {
      assert.match(titles, about);
    }
  });

  for (const [title, expression] of queries) {
    it(`asks for what the gateway emits: ${title}: ${expression}`, () => {
      const selections = selectionsOf(expression);
      assert.ok(selections.length > 0, "it selects something");
      for (const { metric, labels } of selections) {
        const known = scrape.get(metric);
        assert.ok(known, `${metric} is not in the scrape`);
        for (const label of labels) assert.ok(known.has(label), `${metric} has no label ${label}`);
      }
    });
  }

  it("offers the models that were asked", () => {
    const [{ definition }] = dashboard.templating.list.filter(
      ({ name }: { name: string }) => name === "model",
    );
    const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    assert.ok(scrape.get(metric)?.has(label));
  });

  it("is right about what happened", () => {
    const sum = (series: RegExp) =>
      text
        .split("\n")
        .filter((line) => series.test(line))
        .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
    assert.equal(sum(/^axonflow_failovers_total\{.*us-west-2/), 1);
    assert.equal(sum(/^axonflow_attempts_total\{.*outcome="failed"/), 1);
    assert.equal(sum(/^axonflow_attempts_total\{.*outcome="succeeded"/), 10);
    assert.equal(sum(/^rpc_server_call_duration_count/), 8);
    assert.equal(sum(/^http_server_request_duration_count/), 2);
    assert.equal(sum(/^gen_ai_client_operation_time_to_first_chunk_count/), 5);
    assert.equal(sum(/^axonflow_calls_open/), 0);
    assert.ok(sum(/^axonflow_cost_nano_usd_total/) > 0);
  });

  it("has no labels by which requests, keys or texts could be told", () => {
    assert.doesNotMatch(text, /request_id|principal|license|capital|Paris|0af76519/);
  });
});
