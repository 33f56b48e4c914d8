/**
 * A process of its own with a ledger on the database of its first argument. It makes random calls against the accounts of
 * `crowd.ts` until it is killed or told `stop`, and writes to its output, before each step takes effect, what a provider
 * would charge for: `start <id> <granted>`, then `end <id> <cost>`.
 */
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../../server/core/clock.ts";
import { openPostgresStorage } from "../../../server/storage/postgres/open-postgres-storage.ts";
import { crowdAccounts, crowdTtlMs } from "./crowd.ts";
import { callOf, isHold, recordOf } from "./ledger-words.ts";

const [url = "", parallel = "20"] = process.argv.slice(2);
const silent = () => {};
const storage = await openPostgresStorage({
  url,
  clock: systemClock,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  leaseTtlMs: crowdTtlMs,
  waitMs: 2500,
});
let isStopped = false;
process.stdin.on("data", () => {
  isStopped = true;
});

/** Synchronous: what is written has left the process when it is killed. */
const say = (...words: readonly (string | bigint)[]) => writeSync(1, `${words.join(" ")}\n`);
const below = (most: number) => Math.floor(Math.random() * most);

async function call(): Promise<void> {
  const worst = BigInt(1 + below(50));
  const least = Math.random() < 0.3 ? worst / 2n : worst;
  const request = callOf(crowdAccounts.slice(0, 1 + below(crowdAccounts.length)), worst, least);
  const hold = await storage.ledger.reserve(request);
  if (!isHold(hold)) {
    await sleep(below(20));
    return;
  }
  if (Math.random() < 0.1) {
    hold.release();
    return;
  }
  if (Math.random() < 0.2) await hold.extend(BigInt(below(20)));
  await hold.start().catch((error) => {
    hold.release();
    throw error;
  });
  say("start", request.id, hold.grantedNanoUsd);
  await sleep(below(40));
  const cost = BigInt(below(Number(hold.grantedNanoUsd) + 1));
  say("end", request.id, cost);
  hold.settle(recordOf(request.id, cost));
}

async function callAgainAndAgain(): Promise<void> {
  while (!isStopped) await call().catch(() => sleep(50));
}

say("ready");
await Promise.all(Array.from({ length: Number(parallel) }, callAgainAndAgain));
await storage.close();
process.exit();
