import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import type { Telemetry } from "../../../server/telemetry/telemetry.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

/** The regions, in the order in which the gateway asks them. */
export const regionNames = ["us-east-1", "us-west-2"] as const;

/** A gateway before two regions of Bedrock, each an emulator of its own. */
export interface TwoRegions {
  readonly gateway: TestGateway;
  readonly emulators: readonly [Emulator, Emulator];
  close(): Promise<void>;
}

/** Starts all three. */
export async function startTwoRegions(
  env: Readonly<Record<string, string>> = {},
  telemetry?: Telemetry,
): Promise<TwoRegions> {
  const second = await createEmulator();
  const failover = {
    LLM_BEDROCK_FAILOVER_REGION: regionNames[1],
    LLM_BEDROCK_FAILOVER_ENDPOINT_URL: second.url,
  };
  const gateway = await startTestGateway({ ...failover, ...env }, telemetry);
  return {
    gateway,
    emulators: [gateway.emulator, second],
    async close() {
      await gateway.close();
      await second.close();
    },
  };
}
