import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Clock } from "../../../core/clock.ts";
import { GatewayError } from "../../../core/error.ts";
import type { KeyStore } from "../../../core/key-store.ts";
import type { BatchWriter } from "../batch-writer.ts";
import type { KeyOutcome } from "../thread/key-table.ts";
import type { KeyRow } from "../thread/operation.ts";
import { recordOf, rowOf } from "./key-record.ts";

/** Licence keys of one gateway. Its process alone changes them, so whoever watches is told at once. */
export function createSqliteKeyStore(writer: BatchWriter, clock: Clock): KeyStore {
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const changed of watchers) changed();
  };
  return {
    async create(record) {
      const nowMs = Math.round(clock.epochMs());
      const row = rowOf(record);
      const outcome = await writer.ask<KeyOutcome>({ kind: "create-key", row, nowMs });
      if ("problem" in outcome) throw nameTaken(record.name);
      tell();
    },
    async list() {
      const rows = await writer.ask<readonly KeyRow[]>({ kind: "list-keys" });
      return rows.map(recordOf);
    },
    async revoke(id, { revokedEpochMs, replacedBy = null }) {
      const outcome = await writer.ask<KeyOutcome>({
        kind: "revoke-key",
        id,
        revokedMs: revokedEpochMs,
        replacedBy,
      });
      if ("problem" in outcome) throw notFound(id);
      tell();
      return recordOf(outcome.row);
    },
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

function nameTaken(name: string): GatewayError {
  return new GatewayError(
    Code.AlreadyExists,
    ErrorReason.KEY_NAME_TAKEN,
    `A licence key named ${name} exists. Revoke or rotate that one, or choose another name.`,
    { metadata: { name } },
  );
}

function notFound(id: string): GatewayError {
  return new GatewayError(
    Code.NotFound,
    ErrorReason.KEY_NOT_FOUND,
    `There is no licence key ${id}. List the keys to see those that there are.`,
    { metadata: { id } },
  );
}
