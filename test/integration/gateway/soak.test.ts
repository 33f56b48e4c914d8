import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createGatewayClient, type GatewayClient } from "../../../client/sdk/node.ts";
import { freePort } from "../telemetry/free-port.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

/** The long form is the one that is promised: 20 minutes. */
const { lengthMs, callsPerSecond, sampleMs, mostGrowth } = isLong
  ? { lengthMs: 20 * 60_000, callsPerSecond: 60, sampleMs: 2000, mostGrowth: 1.05 }
  : { lengthMs: 12_000, callsPerSecond: 40, sampleMs: 200, mostGrowth: 1.25 };

const licenseKey = "soak-license-key-0001";
const emulatorMain = fileURLToPath(new URL("../../../emulator/main.ts", import.meta.url));

/** Everything on: policies both ways, budgets, rates, the audit log. */
const yaml = `
policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: redact
        entities: [SSN, CREDIT_CARD, EMAIL, PHONE]
      - type: blocked_words
        words: [project nightjar]
  - name: daily-budget-limit
    type: budget
    limits: { daily_cost_usd: 100000 }
    action: deny
  - name: rates
    type: rate_limit
    scope: key
    limits: { requests_per_minute: 1000000, concurrent_streams: 10000 }
`;

/** One moment of the gateway's life. */
interface Sample {
  readonly residentBytes: number;
  /** Open files, sockets among them. */
  readonly handles: number;
}

/** Calls of every kind, one after the other; each says how it has to end. */
type Kind = (client: GatewayClient, httpUrl: string) => Promise<string>;

const kinds: ReadonlyArray<readonly [end: string, Kind]> = [
  ["whole", (client) => wholeOf(client.complete("What is the capital of France?"))],
  ["whole", (client) => wholeOf(client.stream({ prompt: "Write 60 words." }).text())],
  ["whole", (client) => wholeOf(client.complete("Write to jane.doe@corp.example, 212-555-0187."))],
  ["BLOCKED_BY_POLICY", (client) => wholeOf(client.complete("What is project nightjar?"))],
  ["MODEL_NOT_FOUND", (client) => wholeOf(client.complete({ prompt: "Hi", model: "no-such" }))],
  ["left", (client) => leave(client)],
  ["200", (_, url) => post(url, { prompt: "What is the capital of France?" })],
  ["200", (_, url) => post(url, { prompt: "Count to 10", stream: true })],
  ["400", (_, url) => post(url, { prompt: "Hi", max_tokens: -1 })],
];

describe(`a gateway with everything on, for ${lengthMs / 1000} s at ${callsPerSecond} calls a second`, () => {
  let emulator: ChildProcessWithoutNullStreams;
  let gateway: GatewayProcess;
  let client: GatewayClient;
  let metricsUrl: string;
  before(async () => {
    emulator = spawn(process.execPath, [emulatorMain, "--port", "0"]);
    const [line] = await once(createInterface({ input: emulator.stdout }), "line");
    const config = join(mkdtempSync(join(tmpdir(), "axonflow-soak-")), "gateway.yaml");
    writeFileSync(config, yaml);
    const metricsPort = await freePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    gateway = await startGatewayProcess(
      {
        AXONFLOW_LICENSE_KEYS: `soak=${licenseKey}`,
        LLM_BEDROCK_REGION: "us-east-1",
        LLM_BEDROCK_ENDPOINT_URL: String(line).split(" ").at(-1) ?? "",
        OTEL_METRICS_EXPORTER: "prometheus",
        OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1",
        OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort),
      },
      { args: ["--config", config] },
    );
    client = createGatewayClient({ url: gateway.grpcUrl, licenseKey });
  });
  after(async () => {
    client?.close();
    gateway?.child.kill("SIGKILL");
    emulator?.kill("SIGKILL");
    await gateway?.exited;
  });

  it("answers each call as it should, and holds no more at its end than before", async (t) => {
    const samples: Sample[] = [];
    const watch = setInterval(() => samples.push(look(gateway)), sampleMs);
    const unexpected = await load(client, gateway.httpUrl);
    clearInterval(watch);
    assert.deepEqual(unexpected, []);

    const [, second = [], , last = []] = quartersOf(samples);
    const [resident, residentAtEnd] = [
      meanOf(second, "residentBytes"),
      meanOf(last, "residentBytes"),
    ];
    const [handles, handlesAtEnd] = [meanOf(second, "handles"), meanOf(last, "handles")];
    t.diagnostic(`resident memory ${megabytes(resident)}, at the end ${megabytes(residentAtEnd)}`);
    t.diagnostic(`handles ${handles.toFixed(1)}, at the end ${handlesAtEnd.toFixed(1)}`);
    t.diagnostic(`p99 of the event loop's delay: ${await loopDelayMs(metricsUrl)} ms`);
    assert.ok(residentAtEnd <= resident * mostGrowth, megabytes(residentAtEnd - resident));
    assert.ok(handlesAtEnd <= handles + 5, `${handles} handles became ${handlesAtEnd}`);
    const faults = gateway.lines.filter(({ level }) => Number(level) >= 50);
    assert.deepEqual(faults, []);
  });
});

/** Sends calls at an even pace; gives those that ended otherwise than they had to. */
async function load(client: GatewayClient, httpUrl: string): Promise<string[]> {
  const unexpected: string[] = [];
  const underWay = new Set<Promise<void>>();
  const beganMs = performance.now();
  let sent = 0;
  const send = () => {
    const [end, call] = kinds[sent % kinds.length] ?? assert.fail();
    sent += 1;
    const one = call(client, httpUrl).then((got) => {
      if (got !== end && unexpected.length < 20)
        unexpected.push(`${end} was to come, and ${got} came`);
      underWay.delete(one);
    });
    underWay.add(one);
  };
  for (let sentMs = 0; sentMs < lengthMs; sentMs = performance.now() - beganMs) {
    while (sent < (sentMs * callsPerSecond) / 1000) send();
    await sleep(1000 / callsPerSecond);
  }
  await Promise.all(underWay);
  return unexpected;
}

async function wholeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return "whole";
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  }
}

/** Goes away in the middle of a stream. */
async function leave(client: GatewayClient): Promise<string> {
  for await (const _ of client.stream({ prompt: "Write 500 words." })) break;
  return "left";
}

async function post(httpUrl: string, body: object): Promise<string> {
  const response = await fetch(`${httpUrl}/v1/complete`, {
    method: "POST",
    headers: { authorization: `Bearer ${licenseKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await response.text();
  return String(response.status);
}

function look(gateway: GatewayProcess): Sample {
  const handles = readdirSync(`/proc/${gateway.child.pid}/fd`).length;
  return { residentBytes: gateway.residentBytes(), handles };
}

function quartersOf<T>(list: readonly T[]): T[][] {
  const size = Math.floor(list.length / 4);
  return [0, 1, 2, 3].map((quarter) => list.slice(quarter * size, (quarter + 1) * size));
}

function meanOf(samples: readonly Sample[], name: keyof Sample): number {
  return samples.reduce((sum, sample) => sum + sample[name], 0) / samples.length;
}

/** Since the last scrape, which nobody made before. */
async function loopDelayMs(url: string): Promise<string> {
  const text = await (await fetch(url)).text();
  const [, seconds] =
    /^nodejs_eventloop_delay_p99(?:_seconds)?(?:\{[^}]*\})? (\S+)/m.exec(text) ?? [];
  return (Number(seconds) * 1000).toFixed(1);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
