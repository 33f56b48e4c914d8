import type { Clock } from "../../../server/core/clock.ts";
import type { LedgerAccount, UsageRecord } from "../../../server/core/ledger.ts";
import { LeaseSession } from "../../../server/storage/postgres/ledger/lease-session.ts";
import { WaitingLine } from "../../../server/storage/postgres/ledger/waiting-line.ts";
import type { SimulatedStore } from "./simulated-store.ts";

/** What a call sets aside, what it costs in the end, and how long it takes. */
export interface SimulatedCall {
  readonly worstNanoUsd: bigint;
  readonly costNanoUsd: bigint;
  readonly lastsMs: number;
}

/** What became of a gateway's calls. */
export interface Tally {
  asked: number;
  admitted: number;
  refused: number;
  /** They waited for the store longer than calls may. */
  unavailable: number;
  /** When the first one was refused. */
  firstRefusedMs: number | undefined;
  /** How long those that waited did, in milliseconds. */
  readonly waitsMs: number[];
  /** What the calls that were over have cost. */
  spentNanoUsd: bigint;
}

export interface SimulatedGateway {
  readonly tally: Tally;
  /** What it may promise, and does not. */
  readonly idle: bigint;
  call(call: SimulatedCall): void;
  die(): void;
}

/** As in lease-sync.ts. */
const tickMs = 200;
const askingMs = 50;
const waitMs = 3000;

/** A gateway's part of the ledger: its own lease session and waiting line, and the rhythm of lease-sync.ts around them. */
export function createSimulatedGateway(
  account: LedgerAccount,
  clock: Clock,
  store: SimulatedStore,
): SimulatedGateway {
  const session = new LeaseSession();
  const line = new WaitingLine({ clock, waitMs });
  /** Forgotten while nobody calls, so it is asked for anew each time. */
  const leaseNow = () => session.account(account);
  const tally: Tally = {
    asked: 0,
    admitted: 0,
    refused: 0,
    unavailable: 0,
    firstRefusedMs: undefined,
    waitsMs: [],
    spentNanoUsd: 0n,
  };
  let calls = 0;
  let [isDue, isRunning, isDead] = [false, false, false];

  const wake = () => {
    isDue = true;
    if (isRunning || isDead) return;
    isRunning = true;
    run();
  };
  const run = () => {
    if (!isDue || isDead) {
      isRunning = false;
      return;
    }
    isDue = false;
    const sentMs = clock.now();
    if (line.length === 0 && !session.isDue(sentMs)) return run();
    const report = session.report(sentMs, line.wishes(sentMs));
    if (report.accounts.size === 0) return run();
    store.apply(session.id, report, line.silent(sentMs), (outcome) => {
      if (isDead) return;
      session.applied(report, outcome, clock.now());
      line.applied(report, outcome, clock.now());
      if (session.unreported > 0) isDue = true;
      if (line.isAsking) clock.after(askingMs, wake);
      run();
    });
  };
  const tick = () => {
    if (isDead) return;
    wake();
    clock.after(tickMs, tick);
  };
  store.join(session.id, (kind) => {
    if (kind === "recall") for (const lease of session.accounts.values()) lease.recall(clock.now());
    if (kind === "recall" || line.length > 0) wake();
  });
  tick();

  const admit = (call: SimulatedCall, amount: bigint) => {
    tally.admitted += 1;
    const lease = leaseNow();
    lease.take(amount, clock.now());
    lease.holds += 1;
    clock.after(call.lastsMs, () => {
      if (isDead) return;
      const cost = call.costNanoUsd < amount ? call.costNanoUsd : amount;
      lease.holds -= 1;
      lease.end(amount, cost, clock.now());
      tally.spentNanoUsd += cost;
      session.settle({ record: { costNanoUsd: cost } as UsageRecord, parts: [lease] });
      if (line.length > 0) wake();
    });
  };
  return {
    tally,
    get idle() {
      const { cap, inUse, unreported } = leaseNow();
      return cap - inUse - unreported;
    },
    call(call) {
      if (isDead) return;
      tally.asked += 1;
      const { worstNanoUsd: worst } = call;
      if (leaseNow().fits(worst, account, true)) return admit(call, worst);
      const startMs = clock.now();
      const waited = () => void tally.waitsMs.push(clock.now() - startMs);
      calls += 1;
      const seeker = {
        id: String(calls),
        accounts: [account],
        worst,
        least: worst,
        grant(amount: bigint) {
          waited();
          admit(call, amount);
        },
        refuse() {
          waited();
          tally.refused += 1;
          tally.firstRefusedMs ??= clock.now();
        },
        fail() {
          waited();
          tally.unavailable += 1;
        },
      };
      line.add(seeker, session);
      wake();
    },
    die() {
      isDead = true;
      store.die(session.id);
    },
  };
}
