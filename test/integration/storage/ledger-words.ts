import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  AccountState,
  Hold,
  Ledger,
  LedgerAccount,
  NoRoom,
  ReservationRequest,
  UsageRecord,
} from "../../../server/core/ledger.ts";

/** An enforced account in a window that is open for all of a test. */
export function accountOf(limitNanoUsd: bigint, name = "budget/gateway"): LedgerAccount {
  const window = { kind: "calendar" as const, startEpochMs: 0, endEpochMs: 9_000_000_000_000 };
  return { name, window, limitNanoUsd, enforced: true };
}

/** A call that may cost `worst`, and is content with `least`. */
export function callOf(
  accounts: readonly LedgerAccount[],
  worst: bigint,
  least = worst,
): ReservationRequest {
  return {
    id: randomUUID(),
    accounts,
    worstNanoUsd: worst,
    leastNanoUsd: least,
    expiresEpochMs: Date.now() + 60_000,
  };
}

/** What a call used that cost so much. */
export function recordOf(id: string, costNanoUsd: bigint): UsageRecord {
  return {
    id,
    kind: "call",
    epochMs: Date.now(),
    key: "test",
    tenant: "",
    provider: "bedrock",
    region: "us-east-1",
    model: "made-up",
    tags: {},
    inputTokens: 1,
    outputTokens: 2,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    costNanoUsd,
    isPriced: true,
    attempts: 1,
    succeeded: true,
  };
}

export const isHold = (answer: Hold | NoRoom): answer is Hold => answer.kind === "hold";

/** Reserves and starts; throws where there is no room. */
export async function begin(ledger: Ledger, request: ReservationRequest): Promise<Hold> {
  const hold = await ledger.reserve(request);
  if (!isHold(hold)) throw new Error(`No room in ${hold.account.name}.`);
  await hold.start();
  return hold;
}

/** What all records cost together, by their kind. */
export async function costs(ledger: Ledger): Promise<ReadonlyMap<string, bigint>> {
  const sums = await ledger.usage({
    fromEpochMs: 0,
    toEpochMs: 9_000_000_000_000,
    where: {},
    by: ["kind"],
    limit: 10,
  });
  return new Map(sums.map(({ values, costNanoUsd }) => [values[0] ?? "", costNanoUsd]));
}

export async function stateOf(ledger: Ledger, name = "budget/gateway"): Promise<AccountState> {
  const state = (await ledger.accounts()).find((account) => account.name === name);
  if (state === undefined) throw new Error(`There is no account ${name}.`);
  return state;
}

/** Waits for something that another process or a timer brings about; fails by name after half a minute. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const stopMs = performance.now() + 30_000;
  while (!(await isSo())) {
    if (performance.now() > stopMs) throw new Error(`It never came to this: ${what}`);
    await sleep(20);
  }
}
