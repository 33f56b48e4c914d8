import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../../core/clock.ts";
import type { Log } from "../../../core/log.ts";
import type { RateAnswers, RateAsk, SharedRates } from "../../../core/shared-rates.ts";
import type { Database } from "../database.ts";
import { messageOf } from "../ledger/contact.ts";

export interface PostgresSharedRates extends SharedRates {
  close(): void;
}

export interface PostgresSharedRatesOptions {
  readonly database: Pick<Database, "query">;
  readonly clock: Clock;
  readonly log: Log;
  /** In place of the database's clock, where time is simulated. Milliseconds since 1970. */
  readonly atMs?: (() => number) | undefined;
}

/** After this time without a word of a gateway its streams are taken to have ended. */
const gatewayTtlMs = 6000;

const pruneEveryMs = 60_000;
/** A failure is logged again after this time. */
const logEveryMs = 10_000;

const exchange = {
  name: "axonflow_rates_exchange",
  text: "SELECT axonflow.exchange_rates($1, $2, $3, $4) AS answers",
};

/** Rates in PostgreSQL: one statement for whatever a gateway has to say. Its clock alone counts. */
export function createPostgresSharedRates(
  options: PostgresSharedRatesOptions,
): PostgresSharedRates {
  const { clock, log, atMs } = options;
  const { query } = options.database;
  const id = randomUUID();
  let failedMs = Number.NEGATIVE_INFINITY;
  let isFailing = false;

  const failed = (error: unknown) => {
    isFailing = true;
    if (clock.now() - failedMs < logEveryMs) return;
    failedMs = clock.now();
    log.error(
      { error: messageOf(error) },
      "The database of rates does not answer. This gateway holds to its share of each limit.",
    );
  };
  const succeeded = () => {
    if (isFailing) log.info({}, "The database of rates answers again.");
    isFailing = false;
  };

  let disarm = () => {};
  const pruneLater = () => {
    disarm = clock.after(pruneEveryMs, () => {
      prune(query).catch((error) => log.warn({ err: error }, "old rates could not be pruned"));
      pruneLater();
    });
  };
  pruneLater();

  return {
    async exchange(asks) {
      try {
        const values = [id, gatewayTtlMs, JSON.stringify(asks.map(written)), atMs?.() ?? null];
        const [row] = await query<{ answers: RateAnswers }>(exchange, values);
        if (!row) throw new Error("an exchange of rates gave nothing");
        succeeded();
        return { ...row.answers, gateways: row.answers.gateways ?? undefined };
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    async leave() {
      await query("DELETE FROM axonflow.rate_stream WHERE gateway = $1", [id]);
      await query("DELETE FROM axonflow.rate_gateway WHERE id = $1", [id]);
    },
    close: () => disarm(),
  };
}

/** As the database's function reads it. Names become hashes: whom a count is about is nobody's business there. */
function written(ask: RateAsk): Readonly<Record<string, unknown>> {
  const { limit, needs, idle } = ask;
  const common = { name: hashOf(ask.name), limit, needs, idle };
  if (ask.kind === "streams") return { ...common, keep: ask.keep };
  const back = ask.back.map(({ second, amount }) => [second, amount]);
  return { ...common, back, debt: ask.debt };
}

/** Enough of it that no two names meet. */
function hashOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}

/** Takes out what is about more than the last minute, and gateways that have been gone for so long that they began anew. */
async function prune(query: Database["query"]): Promise<void> {
  const nowMs = "extract(epoch FROM clock_timestamp()) * 1000";
  await query(
    `DELETE FROM axonflow.rate WHERE name IN (
       SELECT name FROM axonflow.rate WHERE newest < (${nowMs}) / 1000 - 120 FOR UPDATE SKIP LOCKED)`,
  );
  await query(`DELETE FROM axonflow.rate_gateway WHERE expires_ms < ${nowMs} - 600000`);
  await query(
    "DELETE FROM axonflow.rate_stream h WHERE NOT EXISTS (SELECT 1 FROM axonflow.rate_gateway g WHERE g.id = h.gateway)",
  );
}
