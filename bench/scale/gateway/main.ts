import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "../../../emulator/emulator.ts";
import { createDatabase } from "../../../server/storage/postgres/database.ts";
import { startGatewayProcess } from "../../../test/integration/gateway/gateway-process.ts";
import { createGrpcJsCaller } from "../../../test/integration/gateway/grpc-js-caller.ts";
import { databaseCpuUs, processCpuUs } from "../database-cpu.ts";

// What a unary call costs a gateway and a PostgreSQL on this machine, with nothing on and with everything that gateways share:
// `AXONFLOW_DATABASE_URL=… node bench/scale/gateway/main.ts`, on a database of its own. Half a minute.

const { AXONFLOW_DATABASE_URL = "" } = process.env;
const calls = 4800;
const lanes = 32;
const key = "made-up-for-the-bench";
const folder = mkdtempSync(join(tmpdir(), "axonflow-bench-scale-"));
const file = join(folder, "gateway.yaml");
writeFileSync(
  file,
  `policies:
  - {name: money, type: budget, limits: {daily_cost_usd: 1000000}}
  - {name: pace, type: rate_limit, limits: {requests_per_minute: 10000000, tokens_per_minute: 1000000000}}
`,
);
const database = createDatabase(AXONFLOW_DATABASE_URL, 1);
const emulator = await createEmulator({ journalLimit: 1, requestLimit: 1 });
const common = {
  AXONFLOW_LICENSE_KEYS: `bench=${key}`,
  LLM_BEDROCK_REGION: "us-east-1",
  LLM_BEDROCK_ENDPOINT_URL: emulator.url,
};
const shared = { ...common, AXONFLOW_DATABASE_URL };
try {
  await measure(
    "a file of its own, no audit, no policy",
    { ...common, AXONFLOW_AUDIT_MODE: "off" },
    [],
  );
  await measure("PostgreSQL: usage", { ...shared, AXONFLOW_AUDIT_MODE: "off" }, []);
  await measure("PostgreSQL: usage, audit", shared, []);
  await measure("PostgreSQL: usage, audit, budget, rates", shared, ["--config", file]);
} finally {
  await emulator.close();
  await database.close();
  rmSync(folder, { recursive: true });
}

async function measure(what: string, env: Readonly<Record<string, string>>, args: string[]) {
  const gateway = await startGatewayProcess(env, { args });
  const caller = createGrpcJsCaller(gateway.grpcUrl, key);
  const run = (count: number) =>
    Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let done = 0; done < count / lanes; done++) await caller.complete("Write 20 words.");
      }),
    );
  await run(calls);
  const pid = gateway.child.pid ?? 0;
  const before = [processCpuUs(pid), await databaseCpuUs(database.query)] as const;
  const startMs = performance.now();
  await run(calls);
  const seconds = (performance.now() - startMs) / 1000;
  const gatewayUs = (processCpuUs(pid) - before[0]) / calls;
  const databaseUs = ((await databaseCpuUs(database.query)) - before[1]) / calls;
  console.log(
    `${what.padEnd(42)} gateway ${gatewayUs.toFixed(0)} µs  database ${databaseUs.toFixed(0)} µs  at ${(calls / seconds).toFixed(0)} calls/s`,
  );
  caller.close();
  gateway.child.kill("SIGTERM");
  await gateway.exited;
}
