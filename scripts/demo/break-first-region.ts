import { DemoError } from "./demo-error.ts";
import { demoRegions } from "./start-gateway.ts";

/** One try and one retry. */
const failures = 2;

/** Has the emulated Bedrock fail the next calls in the first region, through its control door. */
export async function breakFirstRegion(emulatorUrl: string, signal: AbortSignal): Promise<void> {
  const action = { kind: "exception", exception: "ServiceUnavailableException" };
  const rule = { region: demoRegions[0], times: failures, action };
  const { status } = await fetch(`${emulatorUrl}/_emulator/faults`, {
    method: "PUT",
    body: JSON.stringify([rule]),
    signal,
  });
  if (status !== 200) throw new DemoError(`The emulated Bedrock refused to fail (${status}).`);
}
