import { greater, lesser } from "./amounts.ts";
import type { AccountReport, Verdict, Wish } from "./report.ts";

/** A lease of another gateway. */
export interface OtherLease {
  readonly session: string;
  readonly amount: bigint;
  /** The recall at which it last held nothing idle. */
  readonly answered: bigint;
}

/** An account's row, locked; amounts are nano-USD. */
export interface AccountRow {
  readonly spent: bigint;
  /** All leases and holds, this gateway's too. */
  readonly leased: bigint;
  /** This gateway's. */
  readonly lease: bigint;
  readonly others: readonly OtherLease[];
  readonly recall: bigint;
  readonly isScarce: boolean;
}

/** How the room of all accounts of a report is shared out. */
export interface Shares {
  readonly leases: ReadonlyMap<string, bigint>;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Accounts whose other gateways are asked to give back what lies idle. */
  readonly recalls: ReadonlySet<string>;
  /** Accounts of which this gateway now holds nothing idle. */
  readonly idleFree: ReadonlySet<string>;
  /** Gateways that have something to answer. */
  readonly awaited: ReadonlySet<string>;
}

export interface SharingOptions {
  readonly reports: ReadonlyMap<string, AccountReport>;
  readonly rows: ReadonlyMap<string, AccountRow>;
  readonly wishes: readonly Wish[];
  /** Gateways that did not answer lately. */
  readonly silent: ReadonlySet<string>;
}

/**
 * Decides what a gateway's leases are to be, and which of its waiting calls fit, first come first served, all accounts or
 * none. Pure: the caller has the rows locked. What it decides never takes an account beyond its limit.
 */
export function shareRoom({ reports, rows, wishes, silent }: SharingOptions): Shares {
  const rooms = new Map<string, Room>();
  for (const [key, report] of reports) {
    const row = rows.get(key);
    if (row === undefined) throw new Error(`The account ${key} was not locked.`);
    rooms.set(key, new Room(report, row));
  }
  const awaited = new Set<string>();
  const verdicts = new Map(
    wishes.map((wish) => [wish.id, decide(wish, stakesOf(wish, rooms, silent), awaited)]),
  );
  const all = [...rooms];
  return {
    leases: new Map(all.map(([key, room]) => [key, room.lease])),
    verdicts,
    recalls: keysOf(all, ({ isRecalled }) => isRecalled),
    idleFree: keysOf(all, ({ lease, needed }) => lease === needed),
    awaited,
  };
}

function keysOf(rooms: readonly [string, Room][], isSo: (room: Room) => boolean): Set<string> {
  return new Set(rooms.filter(([, room]) => isSo(room)).map(([key]) => key));
}

/** One account as one wish finds it. */
interface Stake {
  readonly key: string;
  readonly room: Room;
  /** What the wish can have. */
  readonly left: bigint;
  /** What it could have if nothing of what others hold were in use. */
  readonly most: bigint;
  /** Gateways that may hold something idle. */
  readonly hopes: readonly OtherLease[];
}

function stakesOf(
  wish: Wish,
  rooms: ReadonlyMap<string, Room>,
  silent: ReadonlySet<string>,
): readonly Stake[] {
  return wish.parts.map(({ key, limit }) => {
    const room = rooms.get(key);
    if (room === undefined) throw new Error(`A wish for ${key}, which was not reported.`);
    const lowered = room.limit - limit;
    const asked = wish.asked.get(key);
    const hopes = room.row.others.filter(({ amount, answered, session }) => {
      const mayGive = amount > 0n && (asked === undefined || answered < asked);
      return mayGive && !wish.isOutOfPatience && !silent.has(session);
    });
    return { key, room, left: room.free - lowered, most: room.most - lowered, hopes };
  });
}

function decide(wish: Wish, stakes: readonly Stake[], awaited: Set<string>): Verdict {
  const least = lesser(wish.least, wish.worst);
  const blocked = stakes.filter(({ left }) => left < wish.worst);
  const hopeless = blocked.find(
    ({ left, most, hopes }) => left < least && (hopes.length === 0 || most < least),
  );
  if (hopeless) return { kind: "refused", key: hopeless.key };
  const waitsFor = blocked.filter(({ hopes }) => hopes.length > 0);
  if (waitsFor.length > 0) return recall(wish, waitsFor, awaited);
  const amount = blocked.map(({ left }) => left).reduce(lesser, wish.worst);
  for (const { room } of stakes) room.promise(amount);
  return { kind: "granted", amount };
}

function recall(wish: Wish, waitsFor: readonly Stake[], awaited: Set<string>): Verdict {
  const asked = new Map(wish.asked);
  for (const { key, room, hopes } of waitsFor) {
    for (const { session } of hopes) awaited.add(session);
    room.isShort = true;
    if (asked.has(key)) continue;
    room.isRecalled = true;
    asked.set(key, room.row.recall + 1n);
  }
  return { kind: "waits", asked };
}

/** Of the room that is left, a lease takes this part beyond what is needed now, so that it lasts for all gateways. */
const idlePart = 4n;

/** What one account has for this gateway, while it is shared out. */
class Room {
  readonly row: AccountRow;
  /** Somebody waits here for what others hold. */
  isShort = false;
  isRecalled = false;
  readonly #report: AccountReport;
  #promised = 0n;

  constructor(report: AccountReport, row: AccountRow) {
    this.#report = report;
    this.row = row;
  }

  get limit(): bigint {
    return this.#report.account.limitNanoUsd;
  }

  /** What is in use and promised: less the lease cannot be. */
  get needed(): bigint {
    return this.#report.floor + this.#promised;
  }

  /** What there would be beyond that if the others held nothing. */
  get most(): bigint {
    return this.limit - this.row.spent - this.#report.charge - this.needed;
  }

  /** What there is: what this gateway holds idle, and what nobody holds. Negative below a limit that was lowered. */
  get free(): bigint {
    return this.most - (this.row.leased - this.row.lease);
  }

  promise(amount: bigint): void {
    this.#promised += amount;
  }

  get lease(): bigint {
    const { needed, free } = this;
    if (this.isShort) return needed;
    const most = needed + greater(free, 0n);
    const kept = lesser(greater(this.#report.keep, needed), most);
    const wanted = this.#report.want - kept;
    const isSpare = this.#report.account.enforced && !this.row.isScarce && wanted > 0n;
    return isSpare ? kept + lesser(wanted, (most - kept) / idlePart) : kept;
  }
}
