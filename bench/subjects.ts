import { fileURLToPath } from "node:url";
import { type Child, startChild } from "./child.ts";
import { dataDirectory } from "./data-directory.ts";
import { freePort } from "./free-port.ts";
import { type LaneName, licenseKey } from "./lanes/lane.ts";

/** What is measured: a way into a server, and how to start that server afresh. */
export interface Subject {
  readonly name: string;
  readonly lane: LaneName;
  start(upstreamPort: number): Promise<RunningSubject>;
}

/** A subject in a process of its own. */
export interface RunningSubject {
  readonly name: string;
  readonly lane: LaneName;
  readonly port: number;
  readonly process: Child;
}

/** The raw pass-through that the others are compared with. */
export const floor: Subject = {
  name: "floor: raw HTTP/2, lean upstream",
  lane: "grpc",
  async start(upstreamPort) {
    const process = startChild({ script: "./floor.ts", args: [String(upstreamPort)] });
    return { name: this.name, lane: this.lane, port: await process.port, process };
  },
};

/** The lane that the targets are about, and the same one on its way to OpenAI. */
export const grpcLane = gatewaySubject("gateway: gRPC lane", "grpc", "grpcPort");
export const grpcToOpenAi = gatewaySubject(
  "gateway: gRPC lane, OpenAI",
  "grpc to OpenAI",
  "grpcPort",
);

/** Every call traced, its spans sent to a collector. */
const tracing = (upstreamPort: number): NodeJS.ProcessEnv => ({
  OTEL_TRACES_EXPORTER: "otlp",
  OTEL_TRACES_SAMPLER: "always_on",
  // What measurements cost is not what tracing costs.
  OTEL_METRICS_EXPORTER: "none",
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${upstreamPort}/collector`,
});

/** Personal data, content, budgets and rates looked after on every call. */
const policies = ["--config", fileURLToPath(new URL("./policies.yaml", import.meta.url))];

/** Every call on record before it is made and before it is answered. */
const audited = { AXONFLOW_AUDIT_MODE: "compliance" };

export const tracedLane = gatewaySubject("gateway: gRPC lane, traced", "grpc", "grpcPort", tracing);
export const policiesLane = gatewaySubject(
  "gateway: gRPC lane, all policies",
  "grpc",
  "grpcPort",
  undefined,
  policies,
);
export const auditedLane = gatewaySubject(
  "gateway: gRPC lane, all policies, audit",
  "grpc",
  "grpcPort",
  () => audited,
  policies,
);
export const fullLane = gatewaySubject(
  "gateway: gRPC lane, everything on",
  "grpc",
  "grpcPort",
  (upstreamPort) => ({ ...tracing(upstreamPort), ...audited }),
  policies,
);

/** The peer's two routes. */
export const peerToBedrock = peerSubject("Portkey: Bedrock route", "chat to Bedrock");
export const peerToOpenAi = peerSubject("Portkey: OpenAI route", "chat to OpenAI");

/** All that is ours, the floor first. */
export const ownSubjects: readonly Subject[] = [
  floor,
  grpcLane,
  gatewaySubject("gateway: Connect, JSON over HTTP/1.1", "connect", "httpPort"),
  gatewaySubject("gateway: gRPC on the HTTP port", "grpc", "httpPort"),
  grpcToOpenAi,
  tracedLane,
  policiesLane,
  auditedLane,
  fullLane,
];

/** What is compared with it, where it could be installed. */
export const peerSubjects: readonly Subject[] = [peerToBedrock, peerToOpenAi];

function gatewaySubject(
  name: string,
  lane: LaneName,
  door: "grpcPort" | "httpPort",
  moreEnv: (upstreamPort: number) => NodeJS.ProcessEnv = () => ({}),
  moreArgs: readonly string[] = [],
): Subject {
  return {
    name,
    lane,
    async start(upstreamPort) {
      const ports = { httpPort: await freePort(), grpcPort: await freePort() };
      const process = startGateway(ports, moreArgs, {
        ...upstreamEnv(upstreamPort),
        ...moreEnv(upstreamPort),
      });
      await untilReady(`http://127.0.0.1:${ports.httpPort}/readyz`, process);
      return { name, lane, port: ports[door], process };
    },
  };
}

function upstreamEnv(upstreamPort: number): NodeJS.ProcessEnv {
  return {
    LLM_BEDROCK_ENDPOINT_URL: `http://127.0.0.1:${upstreamPort}`,
    OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`,
  };
}

function startGateway(
  ports: { httpPort: number; grpcPort: number },
  moreArgs: readonly string[],
  moreEnv: NodeJS.ProcessEnv,
): Child {
  return startChild({
    script: "../server/main.ts",
    args: [
      "--http-port",
      String(ports.httpPort),
      "--grpc-port",
      String(ports.grpcPort),
      ...moreArgs,
    ],
    env: {
      NODE_ENV: "production",
      LOG_LEVEL: "error",
      AXONFLOW_DATA_DIR: dataDirectory(),
      AXONFLOW_AUDIT_MODE: "off",
      AXONFLOW_HOST: "127.0.0.1",
      AXONFLOW_DRAIN_DELAY_MS: "0",
      AXONFLOW_LICENSE_KEYS: `bench=${licenseKey}`,
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "y",
      LLM_BEDROCK_ENABLED: "true",
      LLM_BEDROCK_REGION: "us-east-1",
      OPENAI_API_KEY: "benchmark-key",
      ...moreEnv,
    },
  });
}

/** Portkey's gateway from npm, as its own command starts it but without its console. */
function peerSubject(name: string, lane: LaneName): Subject {
  return {
    name,
    lane,
    async start() {
      const port = await freePort();
      const process = startChild({
        script: "./node_modules/@portkey-ai/gateway/build/start-server.js",
        args: ["--headless", `--port=${port}`],
        env: { NODE_ENV: "production" },
        // It reports every Bedrock stream as an answer that is not JSON.
        isQuiet: true,
      });
      await untilReady(`http://127.0.0.1:${port}/`, process);
      return { name, lane, port, process };
    },
  };
}

const startLimitMs = 20_000;

async function untilReady(url: string, process: Child): Promise<void> {
  const limitMs = performance.now() + startLimitMs;
  let ended = false;
  process.port.catch(() => {
    ended = true;
  });
  while (performance.now() < limitMs && !ended) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await process.stop();
  throw new Error(`${url} did not become ready`);
}
