import type { Database, Query } from "../database.ts";
import type { AccountIds } from "./account-ids.ts";
import { stepAt } from "./account-key.ts";
import {
  type AccountChange,
  addToSteps,
  changeAccounts,
  type LockedAccount,
  lockAccounts,
} from "./account-rows.ts";
import { applyLateReport } from "./late-report.ts";
import { announce } from "./messages.ts";
import type { AccountOutcome, AccountReport, Report, ReportOutcome } from "./report.ts";
import { retryOf } from "./retry-of.ts";
import { takeReport } from "./session-row.ts";
import { type Shares, shareRoom } from "./share-room.ts";
import { insertUsage } from "./usage-rows.ts";

/** A report, and what is needed to apply it. */
export interface ReportOptions {
  readonly database: Database;
  readonly ids: AccountIds;
  readonly session: string;
  readonly report: Report;
  readonly ttlMs: number;
  readonly nowMs: number;
  readonly silent: ReadonlySet<string>;
}

/**
 * Applies a report in one transaction: keeps its records, charges the accounts, sizes the leases and decides about waiting
 * calls. Applied once, however often it is sent.
 */
export async function applyReport(options: ReportOptions): Promise<ReportOutcome> {
  const { database, session, report, ttlMs, nowMs } = options;
  const accounts = new Map([...report.accounts].map(([key, { account }]) => [key, account]));
  const ids = await options.ids.of(accounts, nowMs);
  return database.transaction(async (query) => {
    const { state, isLost } = await takeReport(query, { session, number: report.number, ttlMs });
    if (state === "repeated") {
      return {
        isLost,
        accounts: await leasesOf(query, session),
        verdicts: new Map(),
        awaited: new Set(),
      };
    }
    await insertUsage(query, report.records);
    const rows = await lockAccounts(query, { ids: [...ids.values()], session, nowMs });
    if (rows.size < accounts.size) {
      options.ids.forget();
      throw new Error("An account was cleared away a moment ago; the report is sent again.");
    }
    if (state === "lost") return applyLateReport(query, { session, report, nowMs, rows });
    const shares = shareRoom({ ...options, reports: report.accounts, rows, wishes: report.wishes });
    await write(query, { ...options, rows, shares });
    return outcomeOf(query, { ...options, rows, shares });
  });
}

interface Decided extends ReportOptions {
  readonly rows: ReadonlyMap<string, LockedAccount>;
  readonly shares: Shares;
}

interface Decision {
  readonly row: LockedAccount;
  readonly report: AccountReport;
  readonly lease: bigint;
  readonly isRecalled: boolean;
  /** It had been asked for what it holds idle, and now holds nothing idle. */
  readonly answers: boolean;
}

function decisions({ report, rows, shares }: Decided): Decision[] {
  return [...report.accounts.values()].flatMap((account) => {
    const row = rows.get(account.key);
    if (row === undefined) return [];
    const isRecalled = shares.recalls.has(account.key);
    return {
      row,
      report: account,
      lease: shares.leases.get(account.key) ?? account.floor,
      isRecalled,
      answers: shares.idleFree.has(account.key),
    };
  });
}

async function write(query: Query, options: Decided): Promise<void> {
  const { session, nowMs } = options;
  const all = decisions(options);
  await changeAccounts(query, all.map(changeOf), nowMs);
  await addToSteps(
    query,
    all.flatMap(({ row: { id }, report: { account, charge } }) =>
      account.window.kind === "rolling" && charge > 0n
        ? [{ id, step: stepAt(account.window.lengthMs, nowMs), spent: charge }]
        : [],
    ),
  );
  await writeLeases(query, session, all);
  const recalled = all.filter(({ isRecalled }) => isRecalled);
  const answered = all.filter(
    ({ row, answers, isRecalled }) => answers && !isRecalled && row.isScarce,
  );
  await announce(query, [
    ...recalled.map(({ report: { key } }) => ({ kind: "recall" as const, key, session })),
    ...answered.map(({ report: { key } }) => ({ kind: "room" as const, key, session })),
  ]);
}

function changeOf({ row, report, lease, isRecalled }: Decision): AccountChange {
  const { account, charge, floor } = report;
  const deficit = floor + charge - row.lease;
  return {
    id: row.id,
    account,
    spent: charge - row.gone,
    leased: lease - row.lease,
    owed: deficit > 0n ? deficit : 0n,
    isRecalled,
  };
}

async function writeLeases(query: Query, session: string, all: readonly Decision[]): Promise<void> {
  const kept = all.filter(({ lease, report }) => lease > 0n || report.inUse > 0n);
  const given = all.filter(({ lease, report }) => lease === 0n && report.inUse === 0n);
  if (kept.length > 0) {
    await query(
      `INSERT INTO axonflow.lease AS l (account_id, session_id, amount_nano_usd, in_use_nano_usd, answered)
       SELECT x.id, $1, x.amount, x.in_use, x.answered
       FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS x (id, amount, in_use, answered)
       ON CONFLICT (account_id, session_id) DO UPDATE SET amount_nano_usd = excluded.amount_nano_usd,
         in_use_nano_usd = excluded.in_use_nano_usd, answered = greatest(l.answered, excluded.answered)`,
      [
        session,
        kept.map(({ row }) => row.id),
        kept.map(({ lease }) => lease),
        kept.map(({ report }) => report.inUse),
        kept.map(({ row, answers, isRecalled }) =>
          answers ? row.recall + (isRecalled ? 1n : 0n) : 0n,
        ),
      ],
    );
  }
  if (given.length === 0) return;
  await query("DELETE FROM axonflow.lease WHERE session_id = $1 AND account_id = ANY($2)", [
    session,
    given.map(({ row }) => row.id),
  ]);
}

async function outcomeOf(query: Query, options: Decided): Promise<ReportOutcome> {
  const { shares, report, rows, nowMs } = options;
  const accounts = new Map<string, AccountOutcome>();
  for (const { row, report, lease, isRecalled } of decisions(options)) {
    accounts.set(row.key, {
      lease,
      spent: row.spent + report.charge,
      leased: row.leased + lease - row.lease,
      isScarce: row.isScarce || isRecalled,
    });
  }
  const verdicts = await retryOf(query, { verdicts: shares.verdicts, report, rows, nowMs });
  return { isLost: false, accounts, verdicts, awaited: shares.awaited };
}

/** The leases that a report left whose answer was lost. */
async function leasesOf(query: Query, session: string): Promise<Map<string, AccountOutcome>> {
  const rows = await query<{
    key: string;
    amount: bigint;
    spent_nano_usd: bigint;
    leased_nano_usd: bigint;
  }>(
    `SELECT a.key, l.amount_nano_usd AS amount, a.spent_nano_usd, a.leased_nano_usd
     FROM axonflow.lease l JOIN axonflow.account a ON a.id = l.account_id WHERE l.session_id = $1
     UNION ALL
     SELECT a.key, l.amount_nano_usd, a.spent_nano_usd, a.leased_nano_usd
     FROM axonflow.lost_lease l JOIN axonflow.account a ON a.id = l.account_id WHERE l.session_id = $1`,
    [session],
  );
  return new Map(
    rows.map((row) => [
      row.key,
      {
        lease: row.amount,
        spent: row.spent_nano_usd,
        leased: row.leased_nano_usd,
        isScarce: false,
      },
    ]),
  );
}
