import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach } from "node:test";
import { createGatewayClient, type GatewayClient } from "../../../client/sdk/node.ts";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { openLocalMasterKey } from "../../../server/audit/keys/local-master-key.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { openSqliteAuditStore } from "../../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { readLog } from "../../fakes/audit-world.ts";
import { auditKeyFile } from "../../fakes/data-directory.ts";
import { type Collector, startCollector } from "../telemetry/collector.ts";
import { createCallers } from "./callers.ts";
import { type DoorCaller, readStream } from "./door-caller.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

/** Made up: reserved names and numbers, and the card that every payment company tests with. */
export const raw = {
  EMAIL: "jane.doe@corp.example",
  PHONE: "(212) 555-0187",
  SSN: "536-22-8726",
  CREDIT_CARD: "4111 1111 1111 1111",
} as const;
/** All of it in one sentence. */
export const said = Object.entries(raw)
  .map(([entity, value]) => `${entity.toLowerCase()} ${value}`)
  .join(", ");
/** The same as a model sees it. */
export const redacted = "email [EMAIL], phone [PHONE], ssn [SSN], credit_card [CREDIT_CARD]";

/** What may stand nowhere, however it is written: the values, and the telling parts of them. */
export const leaks =
  /jane\.doe|corp\.example|555-0187|5550187|22-8726|228726|1111 1111|4111111111111111/;

/** The setup guide's policy, to the letter. */
export const guidePolicy = `policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: redact
        entities: [SSN, CREDIT_CARD, EMAIL, PHONE]
`;
/** The key of all callers. */
export const licenseKey = "key-of-the-personal-data-test";
const openAiKey = "sk-personal-data-test";

/** A gateway in a process of its own, before two regions of Bedrock and an OpenAI, that tells everything it can. */
export function stage(policy: string, env: Readonly<Record<string, string>> = {}) {
  let east: Emulator;
  let west: Emulator;
  let openai: Emulator;
  let collector: Collector;
  let gateway: GatewayProcess;
  let callers: readonly DoorCaller[] = [];
  let client: GatewayClient;
  const folder = mkdtempSync(join(tmpdir(), "axonflow-personal-data-"));
  const data = join(folder, "data");
  before(async () => {
    [east, west] = [await createEmulator(), await createEmulator()];
    openai = await createEmulator({ openAiKeys: [openAiKey] });
    collector = await startCollector();
    const config = join(folder, "gateway.yaml");
    writeFileSync(config, policy);
    gateway = await startGatewayProcess(
      {
        AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
        AXONFLOW_DATA_DIR: data,
        LLM_BEDROCK_REGION: "us-east-1",
        LLM_BEDROCK_ENDPOINT_URL: east.url,
        LLM_BEDROCK_FAILOVER_REGION: "us-west-2",
        LLM_BEDROCK_FAILOVER_ENDPOINT_URL: west.url,
        OPENAI_API_KEY: openAiKey,
        OPENAI_BASE_URL: `${openai.url}/v1`,
        AXONFLOW_CIRCUIT_FAILURES: "0",
        LOG_LEVEL: "debug",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        ...env,
      },
      { args: ["--config", config] },
    );
    callers = createCallers({ ...gateway, licenseKey });
    client = createGatewayClient({ url: gateway.grpcUrl, licenseKey });
  });
  beforeEach(() => {
    for (const emulator of [east, west, openai]) emulator.clearFaults();
  });
  after(async () => {
    client.close();
    gateway.child.kill("SIGTERM");
    await gateway.exited;
    collector.close();
    for (const emulator of [east, west, openai]) await emulator.close();
    rmSync(folder, { recursive: true });
  });
  return {
    callers: () => callers,
    client: () => client,
    logs: () => gateway.lines,
    gateway: () => gateway,
    east: () => east,
    west: () => west,
    openai: () => openai,
    /** Everything that any provider was sent until now, as it came over the wire. */
    upstream: () =>
      [east, west, openai]
        .flatMap(({ requests }) => requests)
        .map(({ body }) => Buffer.from(body).toString("utf8"))
        .join("\n"),
    /** Ends the gateway and gives every byte that it has logged, exported and kept, and what its audit log says in clear. */
    async outlets() {
      gateway.child.kill("SIGTERM");
      await gateway.exited;
      const exported = ["/v1/traces", "/v1/metrics"].flatMap((path) => collector.bodiesOf(path));
      return {
        logged: gateway.lines.map((line) => JSON.stringify(line)).join("\n"),
        exported: Buffer.concat(exported).toString("utf8"),
        audited: await auditedIn(data),
        kept: readdirSync(data)
          .map((file) => readFileSync(join(data, file)).toString("utf8"))
          .join("\n"),
      };
    },
  };
}

/** Every record of an audit log, decrypted. */
async function auditedIn(directory: string): Promise<string> {
  const store = await openSqliteAuditStore({ directory, clock: systemClock, readOnly: true });
  try {
    const records = await readLog(store, openLocalMasterKey(auditKeyFile()));
    assert.deepEqual(new Set(records.map(({ unreadable }) => unreadable)), new Set([""]));
    return records.map(({ kind, content }) => `${kind} ${JSON.stringify(content)}`).join("\n");
  } finally {
    await store.close();
  }
}

/** Asks whole and as a stream, and gives both texts. */
export async function bothTexts(
  caller: DoorCaller,
  question: Parameters<DoorCaller["complete"]>[0],
) {
  const whole = await caller.complete(question);
  const streamed = await readStream(caller.stream(question));
  return [whole.text, streamed.text];
}
