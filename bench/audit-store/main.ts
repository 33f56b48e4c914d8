import { randomBytes, randomUUID, randomUUIDv7 } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditBatch, AuditStore } from "../../server/core/audit-store.ts";
import { systemClock } from "../../server/core/clock.ts";
import { openPostgresAuditStore } from "../../server/storage/postgres/audit/open-postgres-audit-store.ts";
import { openSqliteAuditStore } from "../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { median } from "../median.ts";

// What a record costs in the store of the audit log: `node bench/audit-store/main.ts`, or, with AXONFLOW_DATABASE_URL, in
// that PostgreSQL. CPU is that of all threads of this process; what a PostgreSQL needs is not in it.

const recordBytes = 600;
const url = process.env.AXONFLOW_DATABASE_URL;
const directory = mkdtempSync(join(tmpdir(), "axonflow-bench-audit-"));
const store = url
  ? await openPostgresAuditStore({ url, clock: systemClock })
  : await openSqliteAuditStore({ directory, clock: systemClock });
try {
  for (const perBatch of [2, 20, 200]) {
    for (const [name, newId] of [
      ["ids by time", randomUUIDv7],
      ["random ids", randomUUID],
    ] as const) {
      const { cpuUs, waitMs } = await measure(store, perBatch, newId);
      const row = [`${perBatch} records a batch`.padEnd(22), name.padEnd(12)];
      console.log(
        `${row.join(" ")}  ${cpuUs.toFixed(1)} µs CPU a record  p50 wait ${waitMs.toFixed(2)} ms`,
      );
    }
  }
} finally {
  await store.close();
  rmSync(directory, { recursive: true });
}

/** Less what it costs to make the batches up. */
async function measure(to: AuditStore, perBatch: number, newId: () => string) {
  const batches = 2000 + 20_000 / perBatch;
  const next = createBatches(perBatch, newId);
  for (let made = 0; made < 300; made++) await to.append(next());
  const waitsMs: number[] = [];
  const before = process.cpuUsage();
  for (let made = 0; made < batches; made++) {
    const batch = next();
    const startMs = performance.now();
    await to.append(batch);
    waitsMs.push(performance.now() - startMs);
  }
  const spent = process.cpuUsage(before);
  const again = process.cpuUsage();
  for (let made = 0; made < batches; made++) next();
  const making = process.cpuUsage(again);
  const cpuUs = spent.user + spent.system - making.user - making.system;
  return { cpuUs: cpuUs / batches / perBatch, waitMs: median(waitsMs) };
}

/** One chain; two records a call. */
function createBatches(perBatch: number, newId: () => string): () => AuditBatch {
  const writer = randomUUID();
  const bytes = Array.from({ length: perBatch }, () => randomBytes(recordBytes));
  let sequence = 0;
  let number = 0;
  return () => {
    const epochMs = Date.now();
    const firstSequence = sequence + 1;
    let requestId = "";
    const records = bytes.map((body, at) => {
      requestId = at % 2 === 0 ? newId() : requestId;
      const kind = 10 + (at % 2);
      return { writer, sequence: ++sequence, segment: 1, epochMs, kind, requestId, bytes: body };
    });
    number += 1;
    const begins = number === 1 ? { number: 1, firstSequence, startEpochMs: epochMs } : undefined;
    const head = {
      writer,
      number,
      segment: 1,
      lastSequence: sequence,
      epochMs,
      bytes: randomBytes(112),
    };
    return { writer, begins, keys: [], records, head };
  };
}
