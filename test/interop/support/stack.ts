import assert from "node:assert/strict";
import { after, before } from "node:test";
import { type RunningEmulator, startEmulator } from "./emulator.ts";
import { type RunningGateway, startGateway } from "./gateway.ts";

/** What a client meets: the gateway, and behind it the emulator. */
export interface Stack {
  readonly emulator: RunningEmulator;
  readonly gateway: RunningGateway;
}

/**
 * Starts a stack before the suite that calls this, and stops it after; the stack can be asked for
 * inside tests only.
 */
export function useStack(
  gatewayEnvironment: () => Promise<Readonly<Record<string, string>>> = async () => ({}),
): () => Stack {
  let emulator: RunningEmulator | undefined;
  let gateway: RunningGateway | undefined;
  before(async () => {
    const env = await gatewayEnvironment();
    emulator = await startEmulator();
    gateway = await startGateway(emulator.url, env);
  });
  after(async () => {
    await gateway?.stop();
    await emulator?.stop();
  });
  return () => {
    assert.ok(emulator && gateway, "the stack runs only while tests do");
    return { emulator, gateway };
  };
}
