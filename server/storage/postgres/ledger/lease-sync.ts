import type { Clock } from "../../../core/clock.ts";
import type { LedgerAccount } from "../../../core/ledger.ts";
import type { Log } from "../../../core/log.ts";
import type { Database } from "../database.ts";
import { ledgerUnavailable } from "../unavailable.ts";
import { AccountIds } from "./account-ids.ts";
import { applyReport } from "./apply-report.ts";
import { Contact, messageOf } from "./contact.ts";
import { createLeaseChores, type LeaseChores } from "./lease-chores.ts";
import { LeaseSession } from "./lease-session.ts";
import { parseMessage } from "./messages.ts";
import { insertSession, renewSession } from "./session-row.ts";
import { type Seeker, WaitingLine } from "./waiting-line.ts";

export interface LeaseSyncOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseTtlMs: number;
  readonly waitMs: number;
  readonly usageRetentionDays: number;
}

/** How often it looks whether there is something to tell. */
const tickMs = 200;
/** How often it looks whether others have given something back, should their message not have come. */
const askingMs = 50;
const closeWithinMs = 5000;

/** Keeps one gateway's leases in step with the database: reports, renews, asks and answers, one thing at a time. */
export class LeaseSync {
  current = new LeaseSession();
  readonly #options: LeaseSyncOptions;
  readonly #line: WaitingLine;
  readonly #contact: Contact;
  readonly #chores: LeaseChores;
  readonly #ids: AccountIds;
  /** Sessions that others took for dead, and that have something to tell yet. */
  #retired: LeaseSession[] = [];
  #isOpen = false;
  #isClosed = false;
  #turn: Promise<unknown> = Promise.resolve();
  #isDue = false;
  #isRunning = false;
  #renewedMs = Number.NEGATIVE_INFINITY;
  #stopTick = () => {};

  constructor(options: LeaseSyncOptions) {
    this.#options = options;
    this.#line = new WaitingLine(options);
    this.#contact = new Contact(options);
    this.#chores = createLeaseChores({ ...options, contact: this.#contact });
    this.#ids = new AccountIds(options.database);
  }

  get nowMs(): number {
    return this.#options.clock.now();
  }

  /** Whether the leases may be used at this moment. */
  get isValid(): boolean {
    return this.nowMs < this.current.validUntilMs;
  }

  /** Records that are not in the database yet. */
  get unreported(): number {
    return this.#retired.reduce((sum, { unreported }) => sum + unreported, this.current.unreported);
  }

  get waiting(): number {
    return this.#line.length;
  }

  isWaiting(id: string): boolean {
    return this.#line.has(id);
  }

  async open(): Promise<void> {
    await this.#inTurn(() => this.#sync(true));
    this.#tick();
  }

  hasRoom(accounts: readonly LedgerAccount[], amount: bigint): boolean {
    const leases = accounts.map((account) => this.current.account(account));
    if (!accounts.some(({ enforced }) => enforced)) return true;
    const isAnswered = !this.#contact.isFailing;
    return (
      this.isValid && accounts.every((account, at) => leases[at]?.fits(amount, account, isAnswered))
    );
  }

  /** Waits for room; at once refused when the database has not answered for longer than a call may wait. */
  wait(seeker: Seeker): void {
    if (this.#isClosed || this.#contact.failingMs > this.#options.waitMs) {
      seeker.fail(ledgerUnavailable());
      return;
    }
    this.#line.add(seeker, this.current);
    this.#wake();
  }

  /** A call gave room back, which one that waits may want. */
  freed(): void {
    if (this.#line.length > 0) this.#wake();
  }

  /** What another gateway said. */
  hear(text: string): void {
    const message = parseMessage(text);
    if (message === undefined || message.session === this.current.id) return;
    if (message.kind === "recall") this.current.accounts.get(message.key)?.recall(this.nowMs);
    if (message.kind === "recall" || this.#line.length > 0) this.#wake();
  }

  /** Makes everything that was settled until now durable and visible. */
  async flush(): Promise<void> {
    try {
      await this.#tellAll();
    } catch (error) {
      this.#contact.failed(error);
      throw ledgerUnavailable(error);
    }
  }

  /** Tells everything, then hands the session to `finish`. After five seconds without the database it gives up. */
  async close(finish: (session: string, nowMs: number) => Promise<void>): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTick();
    this.#line.failAll(() => ledgerUnavailable(new Error("The ledger is closing.")));
    const stopMs = this.nowMs + closeWithinMs;
    for (;;) {
      try {
        await this.#tellAll();
        return await finish(this.current.id, this.#options.clock.epochMs());
      } catch (error) {
        if (this.nowMs > stopMs) return this.#giveUp(error);
        await new Promise<void>((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  #giveUp(error: unknown): void {
    this.#options.log.error(
      { unreported: this.unreported, error: messageOf(error) },
      "The database of budgets did not answer at the end. The leases are charged in full when they expire.",
    );
  }

  async #tellAll(): Promise<void> {
    do await this.#inTurn(() => this.#sync(true));
    while (this.unreported > 0);
  }

  #tick(): void {
    if (this.#isClosed) return;
    this.#stopTick = this.#options.clock.after(tickMs, () => {
      this.#wake();
      this.#tick();
    });
  }

  #wake(): void {
    this.#isDue = true;
    if (this.#isRunning || !this.#isOpen || this.#isClosed) return;
    this.#isRunning = true;
    // Calls of one moment ask together.
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    while (this.#isDue && !this.#isClosed) {
      this.#isDue = false;
      try {
        await this.#inTurn(() => this.#sync(false));
        if (this.#line.isAsking) clock.after(askingMs, () => this.#wake());
      } catch (error) {
        this.#contact.failed(error);
        clock.after(this.#contact.backoffMs, () => {
          this.#isRunning = false;
          this.#wake();
        });
        return;
      }
    }
    this.#isRunning = false;
  }

  /** One at a time, in the order of asking. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #sync(isForced: boolean): Promise<void> {
    if (!this.#isOpen) await this.#begin();
    const session = this.current;
    if (isForced || this.#line.length > 0 || session.isDue(this.nowMs)) await this.#report(session);
    else await this.#renew(session);
    if (session.isLost) await this.#retire(session);
    for (const old of this.#retired) if (old.isDue(this.nowMs)) await this.#report(old);
    this.#retired = this.#retired.filter(({ isOver }) => !isOver);
    this.#contact.succeeded();
    if (this.current.unreported > 0) this.#isDue = true;
    if (!this.#isClosed && (await this.#chores.run(this.current))) this.#isDue = true;
  }

  async #report(session: LeaseSession): Promise<void> {
    const { database, clock, leaseTtlMs } = this.#options;
    const sentMs = this.nowMs;
    const isCurrent = session === this.current;
    const report = session.report(sentMs, isCurrent ? this.#line.wishes(sentMs) : []);
    const outcome = await applyReport({
      database,
      ids: this.#ids,
      session: session.id,
      report,
      ttlMs: leaseTtlMs,
      nowMs: clock.epochMs(),
      silent: this.#line.silent(sentMs),
    });
    session.applied(report, outcome, this.nowMs);
    if (!isCurrent || outcome.isLost) return;
    this.#renewed(sentMs);
    this.#line.applied(report, outcome, this.nowMs);
  }

  async #renew(session: LeaseSession): Promise<void> {
    const { database, leaseTtlMs } = this.#options;
    const sentMs = this.nowMs;
    if (sentMs - this.#renewedMs < leaseTtlMs / 8) return;
    if (await renewSession(database.query, session.id, leaseTtlMs)) this.#renewed(sentMs);
    else session.lose();
  }

  async #begin(): Promise<void> {
    const { database, leaseTtlMs } = this.#options;
    const sentMs = this.nowMs;
    await insertSession(database.query, this.current.id, leaseTtlMs);
    this.#renewed(sentMs);
    this.#isOpen = true;
  }

  /** Others charged the leases: what is under way is told late, and what comes begins anew. */
  async #retire(session: LeaseSession): Promise<void> {
    this.#options.log.warn(
      { session: session.id },
      "This gateway was out of touch with the database of budgets for so long that its leases were charged in full. " +
        "What was not spent of them is given back as its calls end.",
    );
    this.#retired.push(session);
    this.current = new LeaseSession();
    this.#line.moveTo(this.current);
    this.#isOpen = false;
    await this.#begin();
    this.#isDue = true;
  }

  /** The database's clock began to count after this moment, so the leases end here before they end there. */
  #renewed(sentMs: number): void {
    const { leaseTtlMs } = this.#options;
    this.#renewedMs = sentMs;
    this.current.validUntilMs = sentMs + leaseTtlMs - Math.min(1000, leaseTtlMs / 4);
  }
}
