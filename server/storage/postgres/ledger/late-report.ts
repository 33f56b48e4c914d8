import type { Query } from "../database.ts";
import { oldestStep, stepAt } from "./account-key.ts";
import { addToSteps, changeAccounts, type LockedAccount } from "./account-rows.ts";
import { lesser } from "./amounts.ts";
import type { AccountOutcome, AccountReport, Report, ReportOutcome } from "./report.ts";

interface LostLease {
  readonly account_id: bigint;
  readonly amount_nano_usd: bigint;
  readonly step: bigint | null;
  readonly usage_id: string;
}

/**
 * Applies what a gateway says that had been taken for dead. Its leases are charged in full already, so what it did spend is
 * charged in their place, and what it did not is given back: the lost records shrink, and are gone when all is told.
 */
export async function applyLateReport(
  query: Query,
  options: {
    readonly session: string;
    readonly report: Report;
    readonly nowMs: number;
    readonly rows: ReadonlyMap<string, LockedAccount>;
  },
): Promise<ReportOutcome> {
  const { session, report, nowMs, rows } = options;
  const lost = await query<LostLease>(
    "SELECT account_id, amount_nano_usd, step, usage_id FROM axonflow.lost_lease WHERE session_id = $1",
    [session],
  );
  const leases = new Map(lost.map((lease) => [lease.account_id, lease]));
  const accounts = new Map<string, AccountOutcome>();
  for (const told of report.accounts.values()) {
    const row = rows.get(told.key);
    if (row === undefined) continue;
    const lease = leases.get(row.id);
    const left = lesser(lease?.amount_nano_usd ?? 0n, told.floor);
    const paidBack = await takeBack(query, { lease, left, told, nowMs });
    const spent = told.charge - paidBack;
    await changeAccounts(
      query,
      [
        {
          id: row.id,
          account: told.account,
          spent: spent - row.gone,
          leased: 0n,
          owed: spent > 0n ? spent : 0n,
          isRecalled: false,
        },
      ],
      nowMs,
    );
    await chargeStep(query, row.id, told, nowMs);
    if (lease) await shrink(query, session, lease, left);
    accounts.set(told.key, {
      lease: left,
      spent: row.spent + spent,
      leased: row.leased,
      isScarce: false,
    });
  }
  return { isLost: true, accounts, verdicts: new Map(), awaited: new Set() };
}

/** What comes off the account: nothing where the charge has left its rolling window by itself. */
async function takeBack(
  query: Query,
  options: {
    readonly lease: LostLease | undefined;
    readonly left: bigint;
    readonly told: AccountReport;
    readonly nowMs: number;
  },
): Promise<bigint> {
  const { lease, left, told, nowMs } = options;
  if (lease === undefined) return 0n;
  const amount = lease.amount_nano_usd - left;
  const { window } = told.account;
  if (window.kind === "calendar" || lease.step === null) return amount;
  if (lease.step < oldestStep(window.lengthMs, nowMs)) return 0n;
  await addToSteps(query, [{ id: lease.account_id, step: lease.step, spent: -amount }]);
  return amount;
}

async function chargeStep(
  query: Query,
  id: bigint,
  { account: { window }, charge }: AccountReport,
  nowMs: number,
): Promise<void> {
  if (window.kind === "calendar" || charge === 0n) return;
  await addToSteps(query, [{ id, step: stepAt(window.lengthMs, nowMs), spent: charge }]);
}

async function shrink(
  query: Query,
  session: string,
  lease: LostLease,
  left: bigint,
): Promise<void> {
  if (left > 0n) {
    await query("UPDATE axonflow.usage SET cost_nano_usd = $2 WHERE id = $1", [
      lease.usage_id,
      left,
    ]);
    await query(
      "UPDATE axonflow.lost_lease SET amount_nano_usd = $3 WHERE session_id = $1 AND account_id = $2",
      [session, lease.account_id, left],
    );
    return;
  }
  await query("DELETE FROM axonflow.usage WHERE id = $1", [lease.usage_id]);
  await query("DELETE FROM axonflow.lost_lease WHERE session_id = $1 AND account_id = $2", [
    session,
    lease.account_id,
  ]);
}
