import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startChild } from "./child.ts";
import { DemoError } from "./demo-error.ts";

/** Where the demo's gateway is, and the key that this run made for it. */
export interface DemoGateway {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly licenseKey: string;
}

/** Paced like a model, so that the stream is seen to stream. */
const pacing = ["--first-token-ms", "150", "--tokens-per-second", "40"];

/** Starts the emulated Bedrock on any free port. */
export function startEmulator(): Child {
  return startChild("emulator/main.ts", ["--port", "0", ...pacing]);
}

/** The regions that the gateway asks, in this order; the emulator is both of them. */
export const demoRegions = ["us-east-1", "us-west-2"] as const;

/** Starts the gateway before it. */
export function startGateway(gateway: DemoGateway, emulatorUrl: string): Child {
  return startChild("server/main.ts", [], {
    AWS_ACCESS_KEY_ID: "emulator",
    AWS_SECRET_ACCESS_KEY: "emulator",
    LLM_BEDROCK_ENABLED: "true",
    LLM_BEDROCK_REGION: demoRegions[0],
    LLM_BEDROCK_FAILOVER_REGION: demoRegions[1],
    LLM_BEDROCK_FAILOVER_ENDPOINT_URL: emulatorUrl,
    LLM_BEDROCK_MODEL: "anthropic.claude-3-5-sonnet-20240620-v1:0",
    LLM_BEDROCK_ENDPOINT_URL: emulatorUrl,
    AXONFLOW_LICENSE_KEYS: `demo=${gateway.licenseKey}`,
    AXONFLOW_HTTP_PORT: String(gateway.httpPort),
    AXONFLOW_GRPC_PORT: String(gateway.grpcPort),
    AXONFLOW_HOST: "127.0.0.1",
    AXONFLOW_DRAIN_DELAY_MS: "0",
    LOG_LEVEL: "warn",
    AXONFLOW_DATA_DIR: mkdtempSync(join(tmpdir(), "axonflow-demo-")),
  });
}

const readinessTimeoutMs = 30_000;
const pollIntervalMs = 50;

/** Resolves when the gateway says that it is ready; rejects when it takes too long or the signal aborts. */
export async function untilReady({ httpPort }: DemoGateway, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + readinessTimeoutMs;
  while (performance.now() < deadline) {
    const isReady = await fetch(`http://127.0.0.1:${httpPort}/readyz`, { signal }).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) return;
    await wait(pollIntervalMs, undefined, { signal });
  }
  throw new DemoError(`The gateway was not ready within ${readinessTimeoutMs / 1000} seconds.`);
}
