import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, systemClock } from "../../../server/core/clock.ts";
import type { Storage } from "../../../server/core/storage.ts";
import { openPostgresStorage } from "../../../server/storage/postgres/open-postgres-storage.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { type CutLine, openCutLine } from "./cut-line.ts";
import { ask, type PostgresServer } from "./postgres-server.ts";

/** A gateway's storage on a database of its own, which can die and come back. */
export interface PostgresStage {
  readonly storage: Storage;
  /** The time of day, which `untilExpired` moves on. */
  epochMs(): number;
  /** The gateway is gone from one moment to the next, and another takes its place. */
  crash(): Promise<void>;
  reopen(): Promise<void>;
  /** Cuts the gateway's line to the database, or mends it. */
  cut(): void;
  mend(): void;
  /** Moves the time of day on. */
  advance(byMs: number): void;
  untilExpired(epochMs: number): Promise<void>;
  close(): Promise<void>;
}

const leaseTtlMs = 1000;

interface Gateway {
  readonly storage: Storage;
  readonly line: CutLine;
}

/** Opens one; `crash` cuts the gateway's line to the database, so that it cannot say a word any more. */
export async function openPostgresStage(server: PostgresServer): Promise<PostgresStage> {
  const url = await server.createDatabase();
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, epochMs: () => Date.now() + aheadMs };
  const open = async (): Promise<Gateway> => {
    const line = await openCutLine(server.port);
    const byLine = url.replace(String(server.port), String(line.port));
    const log = createRecordingLog();
    return { line, storage: await openPostgresStorage({ url: byLine, clock, log, leaseTtlMs }) };
  };
  const end = async ({ storage, line }: Gateway) => {
    await storage.close();
    await line.close();
  };
  let gateway = await open();
  const dead: Gateway[] = [];
  return {
    get storage() {
      return gateway.storage;
    },
    epochMs: clock.epochMs,
    async crash() {
      gateway.line.cut();
      dead.push(gateway);
      gateway = await open();
    },
    async reopen() {
      await end(gateway);
      gateway = await open();
    },
    cut: () => gateway.line.cut(),
    mend: () => gateway.line.mend(),
    advance(byMs) {
      aheadMs += byMs;
    },
    async untilExpired(epochMs) {
      aheadMs = Math.max(aheadMs, epochMs + 1 - Date.now());
      for (;;) {
        const [left] = await ask(
          url,
          `SELECT (SELECT count(*) FROM axonflow.session WHERE lost_at IS NULL)
             + (SELECT count(*) FROM axonflow.hold WHERE expires_ms < $1) AS count`,
          [String(epochMs)],
        );
        if (Number(left?.count) === 1) return;
        await sleep(20);
      }
    },
    async close() {
      // They end sooner when they may say goodbye.
      for (const { line } of dead) line.mend();
      await Promise.all([gateway, ...dead].map(end));
    },
  };
}
