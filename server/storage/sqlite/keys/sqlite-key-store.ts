import type { Clock } from "../../../core/clock.ts";
import type { GatewayError } from "../../../core/error.ts";
import { keyHasEnded, keyNameTaken, keyNotFound } from "../../../core/key-errors.ts";
import type { KeyRecord, KeyStore } from "../../../core/key-store.ts";
import type { BatchWriter } from "../batch-writer.ts";
import type { KeyOperation, KeyOutcome, KeyProblem } from "../thread/key-table.ts";
import type { KeyRow } from "../thread/operation.ts";
import { recordOf, rowOf } from "./key-record.ts";

/** Licence keys of one gateway. Its process alone changes them, so whoever watches is told at once. */
export function createSqliteKeyStore(writer: BatchWriter, clock: Clock): KeyStore {
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const changed of watchers) changed();
  };
  const ask = async (operation: KeyOperation): Promise<KeyRecord> => {
    const outcome = await writer.ask<KeyOutcome>(operation).catch((error) => {
      // It may have been done, or be done yet. Who reads because of this comes after it.
      tell();
      throw error;
    });
    if ("problem" in outcome) throw problemOf(operation, outcome.problem);
    tell();
    return recordOf(outcome.row);
  };
  return {
    async create(record) {
      const nowMs = Math.round(clock.epochMs());
      await ask({ kind: "create-key", row: rowOf(record), nowMs });
    },
    async list() {
      const rows = await writer.ask<readonly KeyRow[]>({ kind: "list-keys" });
      return rows.map(recordOf);
    },
    revoke: (id, revokedEpochMs) => ask({ kind: "revoke-key", id, revokedMs: revokedEpochMs }),
    rotate: (id, successor, revokedEpochMs) =>
      ask({ kind: "rotate-key", id, successor: rowOf(successor), revokedMs: revokedEpochMs }),
    watch(changed) {
      // A function of its own for each, so that two who watch by one function both can stop.
      const watcher = () => changed();
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    async close() {
      watchers.clear();
    },
  };
}

function problemOf(operation: KeyOperation, problem: KeyProblem): GatewayError {
  if (problem === "taken" && operation.kind === "create-key")
    return keyNameTaken(operation.row.name);
  const id = "id" in operation ? operation.id : "";
  return problem === "ended" ? keyHasEnded(id) : keyNotFound(id);
}
