import { randomBytes, randomUUID, randomUUIDv7 } from "node:crypto";
import type { AuditBatch } from "../../../server/core/audit-store.ts";
import { systemClock } from "../../../server/core/clock.ts";
import type { LedgerAccount, UsageRecord } from "../../../server/core/ledger.ts";
import type { RateAsk } from "../../../server/core/shared-rates.ts";
import { createPostgresSharedAnswers } from "../../../server/storage/postgres/answers/postgres-shared-answers.ts";
import { openPostgresAuditStore } from "../../../server/storage/postgres/audit/open-postgres-audit-store.ts";
import { createDatabase } from "../../../server/storage/postgres/database.ts";
import { AccountIds } from "../../../server/storage/postgres/ledger/account-ids.ts";
import { applyReport } from "../../../server/storage/postgres/ledger/apply-report.ts";
import { LeaseSession } from "../../../server/storage/postgres/ledger/lease-session.ts";
import { insertSession } from "../../../server/storage/postgres/ledger/session-row.ts";
import { migrate } from "../../../server/storage/postgres/migrate.ts";
import { createPostgresSharedRates } from "../../../server/storage/postgres/rates/postgres-shared-rates.ts";
import { databaseCpuUs } from "../database-cpu.ts";

// What a PostgreSQL on this machine carries of what gateways ask of it:
// `AXONFLOW_DATABASE_URL=… node bench/scale/store/main.ts`, on a database of its own. About a minute.

const url = process.env.AXONFLOW_DATABASE_URL;
if (!url) throw new Error("Set AXONFLOW_DATABASE_URL to an empty database on this machine.");
const log = { debug() {}, info() {}, warn() {}, error: console.error };
const clock = systemClock;
const database = createDatabase(url, 16);
await migrate(database);

/** Of one thing, so many at once. */
async function measure(what: string, lanes: number, work: (lane: number) => Promise<unknown>) {
  const lane = async (at: number, endMs: number) => {
    let done = 0;
    for (; performance.now() < endMs; done++) await work(at);
    return done;
  };
  const all = (forMs: number) =>
    Promise.all(Array.from({ length: lanes }, (_, at) => lane(at, performance.now() + forMs)));
  await all(300);
  const before = await databaseCpuUs(database.query);
  const own = process.cpuUsage();
  const startMs = performance.now();
  const done = (await all(2000)).reduce((sum, each) => sum + each, 0);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(own);
  const cpuUs = (await databaseCpuUs(database.query)) - before;
  const figures = [
    `${Math.round(done / seconds)}/s`.padStart(8),
    `${((seconds * 1000 * lanes) / done).toFixed(2)} ms`.padStart(10),
    `${Math.round(cpuUs / done)} µs`.padStart(9),
    `${Math.round((user + system) / done)} µs`.padStart(9),
  ];
  console.log(`${what.padEnd(44)} ${String(lanes).padStart(3)} ${figures.join(" ")}`);
}

console.log(
  `${"".padEnd(44)} at once     done       each  database   gateway`.replace(
    "at once     ",
    "at once ",
  ),
);

const account = (name: string): LedgerAccount => ({
  name,
  window: { kind: "calendar", startEpochMs: 0, endEpochMs: 8_000_000_000_000 },
  limitNanoUsd: 10n ** 15n,
  enforced: true,
});

function usage(): UsageRecord {
  const counts = { inputTokens: 10, outputTokens: 100, cacheReadInputTokens: 0 };
  const served = { provider: "bedrock", region: "us-east-1", model: "model" };
  return {
    ...counts,
    ...served,
    cacheWriteInputTokens: 0,
    id: randomUUIDv7(),
    kind: "call",
    epochMs: Date.now(),
    key: "service",
    tenant: "",
    tags: {},
    costNanoUsd: 900n,
    isPriced: true,
    attempts: 1,
    succeeded: true,
  };
}

/** Reports of a gateway that takes a call in and settles one, each. */
async function createReporter(budget: LedgerAccount) {
  const session = new LeaseSession();
  const ids = new AccountIds(database);
  await insertSession(database.query, session.id, 600_000);
  return async () => {
    const nowMs = clock.now();
    const lease = session.account(budget);
    lease.take(1000n, nowMs);
    lease.end(500n, 500n, nowMs);
    session.settle({ record: usage(), parts: [lease] });
    const report = session.report(nowMs, []);
    const options = { database, ids, session: session.id, report, ttlMs: 600_000 };
    const outcome = await applyReport({ ...options, nowMs: clock.epochMs(), silent: new Set() });
    session.applied(report, outcome, clock.now());
  };
}

for (const sharers of [4, 100, 1000]) {
  const budget = account(`shared by ${sharers}`);
  const reporters = await Promise.all(
    Array.from({ length: sharers }, () => createReporter(budget)),
  );
  for (const report of reporters) await report();
  let next = 0;
  const report = () => reporters[next++ % sharers]?.() ?? Promise.resolve();
  await measure(`lease reports, one budget of ${sharers} gateways`, 1, report);
  await measure(`lease reports, one budget of ${sharers} gateways`, 4, (lane) => {
    const mine = Math.floor(sharers / 4);
    return reporters[lane * mine + (next++ % mine)]?.() ?? Promise.resolve();
  });
}
const own = await Promise.all(
  Array.from({ length: 8 }, (_, at) => createReporter(account(`own ${at}`))),
);
await measure("lease reports, a budget each", 8, (lane) => own[lane]?.() ?? Promise.resolve());

const rates = Array.from({ length: 8 }, () => createPostgresSharedRates({ database, clock, log }));
const asking = (names: readonly string[]): readonly RateAsk[] =>
  names.map((name) => ({
    kind: "window",
    name,
    limit: 100_000_000,
    needs: [1],
    idle: 0,
    back: [],
    debt: 0,
  }));
const exchange = (names: (lane: number) => readonly string[]) => (lane: number) =>
  rates[lane]?.exchange(asking(names(lane))) ?? Promise.resolve();
const ten = Array.from({ length: 10 }, (_, at) => String(at));
await measure(
  "rates, one count of all",
  8,
  exchange(() => ["hot"]),
);
await measure(
  "rates, a count each",
  8,
  exchange((lane) => [`own ${lane}`]),
);
await measure(
  "rates, ten counts each",
  8,
  exchange((lane) => ten.map((at) => `${lane} ${at}`)),
);
for (const each of rates) each.close();

const answers = createPostgresSharedAnswers({ query: database.query, clock, log });
const sealed = randomBytes(2000);
await measure("an answer for an idempotency-key, 2 KB", 8, async () => {
  const claimed = await answers.claim(randomBytes(32), randomBytes(32));
  if (claimed.kind === "mine") claimed.claim.keep(sealed, 600_000);
});
answers.close();

for (const perBatch of [2, 20, 200]) {
  const stores = await Promise.all(
    Array.from({ length: 4 }, () => openPostgresAuditStore({ url, clock })),
  );
  const batches = stores.map(() => createBatches(perBatch));
  await measure(`audit, batches of ${perBatch} records`, stores.length, (lane) => {
    const batch = batches[lane]?.();
    return batch ? (stores[lane]?.append(batch) ?? Promise.resolve()) : Promise.resolve();
  });
  for (const store of stores) await store.close();
}
await database.close();

/** One chain; two records a call. */
function createBatches(perBatch: number): () => AuditBatch {
  const writer = randomUUID();
  const bodies = Array.from({ length: perBatch }, () => randomBytes(600));
  let [sequence, number] = [0, 0];
  return () => {
    const epochMs = Date.now();
    const begins = { number: 1, firstSequence: 1, startEpochMs: epochMs };
    let requestId = "";
    const records = bodies.map((bytes, at) => {
      requestId = at % 2 === 0 ? randomUUIDv7() : requestId;
      const kind = 10 + (at % 2);
      return { writer, sequence: ++sequence, segment: 1, epochMs, kind, requestId, bytes };
    });
    number += 1;
    const bytes = randomBytes(112);
    const head = { writer, number, segment: 1, lastSequence: sequence, epochMs, bytes };
    return { writer, begins: number === 1 ? begins : undefined, keys: [], records, head };
  };
}
