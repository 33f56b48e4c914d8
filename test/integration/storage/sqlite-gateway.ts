/**
 * A process of its own with a ledger in the directory of its first argument. It makes calls as fast as it can until it is
 * killed, and writes each step to the journal of its second argument: before it takes effect, or once the store said that it
 * has.
 */
import { setImmediate as turn } from "node:timers/promises";
import { systemClock } from "../../../server/core/clock.ts";
import type { Hold } from "../../../server/core/ledger.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { openJournal } from "./call-journal.ts";
import { accountOf, callOf, isHold, recordOf } from "./ledger-words.ts";

const [directory = "", journal = "", ...limits] = process.argv.slice(2);
const parallel = 40;
const accounts = limits.map((limit, at) => accountOf(BigInt(limit), `account ${at}`));
const silent = () => {};
const say = openJournal(journal);
const { ledger } = await openSqliteStorage({
  directory,
  clock: systemClock,
  log: { debug: silent, info: silent, warn: silent, error: silent },
});
const below = (most: number) => Math.floor(Math.random() * most);

async function call(): Promise<void> {
  const counted = below(accounts.length + 1);
  const worst = BigInt(1 + below(50));
  const request = {
    ...callOf(accounts.slice(0, counted), worst, Math.random() < 0.5 ? worst : worst / 2n),
    // Soon, so that the next process charges what this one leaves while it is busy itself.
    expiresEpochMs: Date.now() + below(1000),
  };
  const hold = await ledger.reserve(request);
  if (!isHold(hold)) return turn();
  say("reserved", request.id, hold.grantedNanoUsd, counted);
  if (Math.random() < 0.1) return release(hold, request.id);
  say("starting", request.id);
  await hold.start();
  say("started", request.id);
  let held = hold.grantedNanoUsd;
  if (Math.random() < 0.2) held += await extend(hold, request.id);
  for (let turns = below(20); turns > 0; turns--) await turn();
  if (Math.random() < 0.1) return release(hold, request.id);
  const cost = BigInt(below(Number(held) + 1));
  say("ended", request.id, cost);
  hold.settle(recordOf(request.id, cost));
  await untilDurable(request.id);
}

async function extend(hold: Hold, id: string): Promise<bigint> {
  const more = BigInt(1 + below(20));
  say("extending", id, more);
  if (!(await hold.extend(more))) return 0n;
  say("extended", id);
  return more;
}

async function release(hold: Hold, id: string): Promise<void> {
  say("released", id);
  hold.release();
  await untilDurable(id);
}

/** What comes later is not durable sooner, so an answer to a question is a receipt for all before it. */
async function untilDurable(id: string): Promise<void> {
  if (Math.random() < 0.5) return;
  await ledger.usage({ fromEpochMs: 0, toEpochMs: 1, where: {}, by: [], limit: 1 });
  say("durable", id);
}

await Promise.all(
  Array.from({ length: parallel }, async () => {
    for (;;) await call();
  }),
);
