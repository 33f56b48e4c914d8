import type { GatewayClient } from "../../../client/sdk/node.ts";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { clientOf } from "./budget-load.ts";
import { type ConfigFile, writeConfig } from "./budget-stage.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const licenseKey = "test-license-key-1";

/** Gateways in processes of their own over one ledger, and the emulator that they all ask. */
export interface BudgetGateways {
  readonly emulator: Emulator;
  readonly size: number;
  /** A client of the gateway that runs in this place now. */
  client(place: number): GatewayClient;
  /** Kills one with SIGKILL and starts another in its place. */
  replace(place: number): Promise<void>;
  close(): Promise<void>;
}

export interface BudgetGatewaysOptions {
  readonly yaml: string;
  /** Where the ledger is. */
  readonly store: Readonly<Record<string, string>>;
  readonly size: number;
}

/** Starts them. The emulator writes 400 words a second and remembers everything that it was asked. */
export async function startBudgetGateways(options: BudgetGatewaysOptions): Promise<BudgetGateways> {
  const { yaml, store, size } = options;
  const config: ConfigFile = writeConfig(yaml);
  const emulator = await createEmulator({
    journalLimit: 1_000_000,
    requestLimit: 100_000,
    pacing: { firstTokenDelayMs: 5, tokensPerSecond: 400 },
  });
  const start = async () => {
    const gateway = await startGatewayProcess(
      {
        ...store,
        AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
        AXONFLOW_ADMIN_KEYS: "test",
        LLM_BEDROCK_REGION: "us-east-1",
        LLM_BEDROCK_ENDPOINT_URL: emulator.url,
        LOG_LEVEL: "info",
      },
      { args: ["--config", config.path] },
    );
    return { gateway, client: clientOf(gateway.grpcUrl, licenseKey) };
  };
  const starting = await Promise.allSettled(Array.from({ length: size }, start));
  const running = starting.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = starting.find((each) => each.status === "rejected");
  const end = async ({ gateway, client }: { gateway: GatewayProcess; client: GatewayClient }) => {
    client.close();
    gateway.child.kill("SIGKILL");
    await gateway.exited;
  };
  const at = (place: number) => {
    const found = running[place];
    if (!found) throw new Error(`there is no gateway ${place}`);
    return found;
  };
  const close = async () => {
    await Promise.all(running.map(end));
    await emulator.close();
    config.remove();
  };
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    emulator,
    size,
    client: (place) => at(place).client,
    async replace(place) {
      await end(at(place));
      running[place] = await start();
    },
    close,
  };
}
