import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../server/core/clock.ts";
import type { LedgerAccount, UsageRecord } from "../../server/core/ledger.ts";
import { openSqliteStorage } from "../../server/storage/sqlite/open-sqlite-storage.ts";

// What a call costs in the ledger of one gateway: `node bench/ledger/main.ts`. CPU is that of all threads.

const calls = 20_000;
const concurrency = 32;

const directory = mkdtempSync(join(tmpdir(), "axonflow-bench-ledger-"));
try {
  for (const synchronous of ["normal", "full"] as const) {
    for (const accountsPerCall of [0, 1, 3]) {
      const path = join(directory, `${synchronous}-${accountsPerCall}`);
      const { cpuUs, waitMs } = await measure(path, synchronous, accountsPerCall);
      const row = [synchronous.padEnd(8), `${accountsPerCall} accounts`];
      console.log(`${row.join(" ")}  ${cpuUs.toFixed(1)} µs CPU  p50 wait ${waitMs.toFixed(2)} ms`);
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}

async function measure(path: string, synchronous: "full" | "normal", accountsPerCall: number) {
  const log = { debug() {}, info() {}, warn() {}, error: console.error };
  const storage = await openSqliteStorage({
    directory: path,
    clock: systemClock,
    log,
    synchronous,
  });
  const { ledger } = storage;
  const accounts = Array.from({ length: accountsPerCall }, (_, at) => account(at));
  const waitsMs: number[] = [];
  const call = async () => {
    const id = randomUUID();
    const startMs = performance.now();
    const hold = await ledger.reserve({
      id,
      accounts,
      worstNanoUsd: 1000n,
      leastNanoUsd: 1000n,
      expiresEpochMs: Date.now() + 60_000,
    });
    if (hold.kind !== "hold") throw new Error("no room");
    await hold.start();
    waitsMs.push(performance.now() - startMs);
    hold.settle(usage(id));
  };
  const caller = async (count: number) => {
    for (let made = 0; made < count; made++) await call();
  };
  const all = (count: number) =>
    Promise.all(Array.from({ length: concurrency }, () => caller(count / concurrency)));
  const untilDurable = () =>
    ledger.usage({ fromEpochMs: 0, toEpochMs: 1, where: {}, by: [], limit: 1 });
  await all(concurrency * 100);
  await untilDurable();
  waitsMs.length = 0;
  const before = process.cpuUsage();
  await all(calls);
  await untilDurable();
  const { user, system } = process.cpuUsage(before);
  await storage.close();
  const sorted = waitsMs.toSorted((a, b) => a - b);
  return { cpuUs: (user + system) / calls, waitMs: sorted[sorted.length >> 1] ?? 0 };
}

function account(at: number): LedgerAccount {
  const window = { kind: "calendar", startEpochMs: 0, endEpochMs: 8_000_000_000_000 } as const;
  return { name: `account ${at}`, window, limitNanoUsd: 10n ** 15n, enforced: true };
}

function usage(id: string): UsageRecord {
  return {
    id,
    kind: "call",
    epochMs: Date.now(),
    key: "service",
    tenant: "",
    provider: "bedrock",
    region: "us-east-1",
    model: "model",
    tags: {},
    inputTokens: 10,
    outputTokens: 100,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    costNanoUsd: 900n,
    isPriced: true,
    attempts: 1,
    succeeded: true,
  };
}
