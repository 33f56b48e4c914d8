import type { Clock } from "../../../core/clock.ts";
import type { Database } from "../database.ts";
import type { Contact } from "./contact.ts";
import type { LeaseSession } from "./lease-session.ts";
import { recallsFor } from "./recalls-for.ts";
import { clearAway, reclaim } from "./reclaim.ts";

export interface LeaseChoresOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly contact: Contact;
  readonly leaseTtlMs: number;
  readonly usageRetentionDays: number;
}

/** How often recalls are looked for, should their message not have come. */
const pollMs = 500;
/** How often it looks for gateways that are gone, and for what nobody needs any more. */
const reclaimMs = 1000;
const clearMs = 60_000;
/** For how long after its own return to the database a gateway takes nobody else for dead: they return too. */
const graceMs = 3000;

/** What every gateway does for all of them, now and then; it does not matter which one does. */
export interface LeaseChores {
  /** Does what is due; true when the session was found to owe somebody an answer. */
  run(session: LeaseSession): Promise<boolean>;
}

export function createLeaseChores(options: LeaseChoresOptions): LeaseChores {
  const { database, clock, contact, leaseTtlMs, usageRetentionDays } = options;
  const isPollDue = every(pollMs, clock);
  const isReclaimDue = every(reclaimMs, clock);
  const isClearDue = every(clearMs, clock);

  const findRecalls = async (session: LeaseSession) => {
    const keys = await recallsFor(database.query, session.id);
    for (const key of keys) session.accounts.get(key)?.recall(clock.now());
    return keys.length > 0;
  };

  return {
    async run(session) {
      const isAsked = isPollDue() && (await findRecalls(session));
      const isSettled = contact.answeringMs >= Math.min(graceMs, leaseTtlMs);
      if (isSettled && isReclaimDue()) await reclaim(database, clock.epochMs());
      if (isClearDue()) await clearAway(database, { nowMs: clock.epochMs(), usageRetentionDays });
      return isAsked;
    },
  };
}

/** True when the time has passed since it last said so. */
function every(periodMs: number, clock: Clock): () => boolean {
  let lastMs = clock.now();
  return () => {
    const nowMs = clock.now();
    if (nowMs - lastMs < periodMs) return false;
    lastMs = nowMs;
    return true;
  };
}
