import { createGatewayClient, type GatewayClient } from "../../../client/sdk/node.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../emulator/emulator.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { type ConfigFile, writeConfig } from "./budget-stage.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";
import { type Balancer, startBalancer } from "./scale-balancer.ts";

/** Gateways in processes of their own over one PostgreSQL, behind a load balancer, and the model that all of them ask. */
export interface ScaleStage {
  readonly server: PostgresServer;
  readonly databaseUrl: string;
  readonly emulator: Emulator;
  readonly balancer: Balancer;
  readonly licenseKey: string;
  /** Those that run now. */
  readonly gateways: readonly GatewayProcess[];
  /** A client of the gateway in this place, past the load balancer. It is an admin's and reads the audit log. */
  client(place: number): GatewayClient;
  /** Ends the gateway in this place with SIGTERM and starts another in its stead; gives the exit status of the one. */
  restart(place: number): Promise<number | null>;
  close(): Promise<void>;
}

export interface ScaleStageOptions {
  readonly yaml: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly emulator?: EmulatorOptions;
}

export const scaleSize = 4;

/** Starts all of it, in some three seconds. */
export async function startScaleStage(options: ScaleStageOptions): Promise<ScaleStage> {
  const licenseKey = "scale-license-key-of-ops";
  const config: ConfigFile = writeConfig(options.yaml);
  const emulator = await createEmulator({
    journalLimit: 1_000_000,
    requestLimit: 100_000,
    ...options.emulator,
  });
  const balancer = await startBalancer();
  const server = await startPostgresServer();
  const databaseUrl = await server.createDatabase();
  const { NODE_COMPILE_CACHE } = process.env;
  const start = async () => {
    const gateway = await startGatewayProcess(
      {
        AXONFLOW_DATABASE_URL: databaseUrl,
        AXONFLOW_LICENSE_KEYS: `ops=${licenseKey}`,
        AXONFLOW_ADMIN_KEYS: "ops",
        LLM_BEDROCK_REGION: "us-east-1",
        LLM_BEDROCK_ENDPOINT_URL: emulator.url,
        ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
        ...options.env,
      },
      { args: ["--config", config.path] },
    );
    await balancer.add(gateway);
    return { gateway, client: createGatewayClient({ url: gateway.grpcUrl, licenseKey }) };
  };
  const running: Awaited<ReturnType<typeof start>>[] = [];
  const at = (place: number) => {
    const found = running[place];
    if (!found) throw new Error(`there is no gateway ${place}`);
    return found;
  };
  const stage: ScaleStage = {
    server,
    databaseUrl,
    emulator,
    balancer,
    licenseKey,
    get gateways() {
      return running.map(({ gateway }) => gateway);
    },
    client: (place) => at(place).client,
    async restart(place) {
      const { gateway, client } = at(place);
      client.close();
      gateway.child.kill("SIGTERM");
      const [status, next] = await Promise.all([gateway.exited, start()]);
      balancer.remove(gateway);
      running[place] = next;
      return status;
    },
    async close() {
      for (const { client, gateway } of running) {
        client.close();
        gateway.child.kill("SIGKILL");
      }
      await Promise.all(running.map(({ gateway }) => gateway.exited));
      await balancer.close();
      await emulator.close();
      await server.close();
      config.remove();
    },
  };
  try {
    running.push(...(await Promise.all(Array.from({ length: scaleSize }, start))));
  } catch (error) {
    await stage.close();
    throw error;
  }
  return stage;
}
