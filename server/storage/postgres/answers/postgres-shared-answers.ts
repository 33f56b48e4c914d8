import { randomUUID } from "node:crypto";
import type { Clock } from "../../../core/clock.ts";
import type { Log } from "../../../core/log.ts";
import type { AnswerClaim, Claimed, SharedAnswers } from "../../../core/shared-answers.ts";
import type { Query } from "../database.ts";
import { ledgerUnavailable } from "../unavailable.ts";
import { statements } from "./statements.ts";

/** The channel on which gateways tell each other that an answer is there, or will not come. */
export const answersChannel = "axonflow_answers";

export interface PostgresSharedAnswers extends SharedAnswers {
  /** Something changed about the name whose beginning this is. */
  hear(text: string): void;
  close(): void;
}

export interface PostgresSharedAnswersOptions {
  readonly query: Query;
  readonly clock: Clock;
  readonly log: Log;
}

/** A claim is given up when its gateway has not been heard of for so long. */
const claimMs = 6000;

/** How often claims are held on to, and how often what is over is taken out. */
const holdEveryMs = 2000;
const pruneEveryMs = 60_000;

/** How long a wait lasts at most, for announcements that got lost. */
const longestWaitMs = 500;

/** Answers in PostgreSQL. Its clock alone says until when something stands. */
export function createPostgresSharedAnswers(
  options: PostgresSharedAnswersOptions,
): PostgresSharedAnswers {
  const { query, clock, log } = options;
  const held = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();

  const announce = (name: Buffer) =>
    query("SELECT pg_notify($1, $2)", [answersChannel, shortOf(name)]);
  const quietly = (work: Promise<unknown>, what: string) => {
    work.catch((error) => log.warn({ err: error }, what));
  };
  const claimOf = (name: Buffer, claim: string): AnswerClaim => ({
    keep(sealed, ttlMs) {
      held.delete(claim);
      const kept = query(statements.keep, [name, claim, sealed, ttlMs]).then(() => announce(name));
      quietly(kept, "an answer could not be shared with the other gateways");
    },
    release() {
      held.delete(claim);
      const released = query(statements.release, [name, claim]).then(() => announce(name));
      quietly(released, "other gateways will wait for an answer that does not come");
    },
  });

  const claim = async (name: Buffer, mark: Buffer): Promise<Claimed> => {
    const id = randomUUID();
    for (let tries = 0; tries < 3; tries += 1) {
      const [taken] = await query(statements.claim, [name, mark, id, claimMs]);
      if (taken) {
        held.add(id);
        return { kind: "mine", claim: claimOf(name, id) };
      }
      const [there] = await query<{ mark: Buffer; sealed: Buffer | null }>(statements.look, [name]);
      if (!there) continue;
      if (!there.mark.equals(mark)) return { kind: "other" };
      return there.sealed ? { kind: "kept", sealed: there.sealed } : { kind: "running" };
    }
    return { kind: "running" };
  };

  const repeat = (everyMs: number, work: () => Promise<unknown>, what: string) => {
    let disarm = () => {};
    const again = () => {
      disarm = clock.after(everyMs, () => {
        quietly(work(), what);
        again();
      });
    };
    again();
    return () => disarm();
  };
  const hold = async () => {
    if (held.size > 0) await query(statements.hold, [[...held], claimMs]);
  };
  const stopHolding = repeat(holdEveryMs, hold, "claims of running calls could not be held");
  const prune = () => query(statements.prune);
  const stopPruning = repeat(pruneEveryMs, prune, "shared answers could not be pruned");

  return {
    async claim(name, mark) {
      try {
        return await claim(name, mark);
      } catch (error) {
        throw ledgerUnavailable(error);
      }
    },
    changed: (name) =>
      new Promise((resolve) => {
        const short = shortOf(name);
        const those = waiting.get(short) ?? new Set();
        waiting.set(short, those);
        const go = () => {
          disarm();
          those.delete(go);
          if (those.size === 0) waiting.delete(short);
          resolve();
        };
        const disarm = clock.after(longestWaitMs, go);
        those.add(go);
      }),
    hear(text) {
      for (const go of [...(waiting.get(text) ?? [])]) go();
    },
    close() {
      stopHolding();
      stopPruning();
    },
  };
}

/** Enough to tell names apart, and no more than a wake-up call needs. */
function shortOf(name: Buffer): string {
  return name.toString("hex", 0, 8);
}
