import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AuditStore } from "../../../core/audit-store.ts";
import type { Clock } from "../../../core/clock.ts";
import { type AskedThread, type AskOptions, createAskedThread } from "../asked-thread.ts";
import { makeDirectory } from "../make-directory.ts";
import { fileRefused, SqliteRefused } from "../sqlite-refused.ts";
import { packBatch } from "./packed-batch.ts";
import type { ReaderQuestion, WriterQuestion } from "./questions.ts";
import { createReadings } from "./readings.ts";
import { auditRemedies } from "./remedies.ts";

export interface SqliteAuditStoreOptions {
  /** The directory that `audit.db` is in; made when it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  /** Default: every batch waits for the disk. */
  readonly synchronous?: "full" | "normal" | undefined;
  /** How long a batch may take. Default: two seconds. */
  readonly waitMs?: number | undefined;
  /** Only reads, whether a gateway writes meanwhile or not; what would change the log is refused. */
  readonly readOnly?: boolean | undefined;
}

/** What a process that was killed left is looked through first. */
const openWaitMs = 60_000;

/** Reading in a large log may take so long. */
const readWaitMs = 30_000;

/** One gateway's audit log in a file of its own. Rejects with `SqliteRefused` when that cannot be used. */
export async function openSqliteAuditStore(options: SqliteAuditStoreOptions): Promise<AuditStore> {
  const { directory, readOnly = false } = options;
  const path = join(directory, "audit.db");
  if (!readOnly) makeDirectory(directory);
  else if (!existsSync(path))
    throw new SqliteRefused(`${path} is not there: no audit log was written here.`);
  const writer = readOnly ? undefined : startWriter(path, options);
  const reader = startReader(path, options);
  // The reader is started with the first reading, as long as there is a writer to look at the file.
  await (writer ?? reader).ask({ kind: "open" }, { waitMs: openWaitMs });
  return createStore(reader, writer);
}

function startWriter(
  path: string,
  { clock, synchronous = "full", waitMs = 2000 }: SqliteAuditStoreOptions,
): AskedThread<WriterQuestion> {
  return createAskedThread({
    main: new URL("./thread/writer-main.ts", import.meta.url),
    name: "axonflow-audit",
    workerData: { path, synchronous },
    clock,
    waitMs,
    mostWaiting: 8,
    endsInOrder: true,
    refused: (refused) => fileRefused(path, refused, auditRemedies),
  });
}

function startReader(
  path: string,
  { clock }: SqliteAuditStoreOptions,
): AskedThread<ReaderQuestion> {
  return createAskedThread({
    main: new URL("./thread/reader-main.ts", import.meta.url),
    name: "axonflow-audit-reader",
    workerData: path,
    clock,
    waitMs: readWaitMs,
    mostWaiting: 100,
    endsInOrder: false,
    refused: (refused) => fileRefused(path, refused, auditRemedies),
  });
}

function createStore(
  reader: AskedThread<ReaderQuestion>,
  writer: AskedThread<WriterQuestion> | undefined,
): AuditStore {
  const write = async <Answer>(question: WriterQuestion, how?: AskOptions) => {
    if (!writer) throw new Error("The audit log was opened to be read only.");
    return await writer.ask<Answer>(question, how);
  };
  return {
    ...createReadings(reader),
    append(batch) {
      const packed = packBatch(batch);
      return write<void>({ kind: "append", batch: packed }, { given: packed.bytes.buffer });
    },
    shred: (chain, segment, summary) =>
      write<void>({ kind: "shred", writer: chain, segment, summary }),
    // The file's lock has let nobody else in.
    exclusively: (work) => work(),
    sweep: () => write<boolean>({ kind: "sweep" }),
    async close() {
      await reader.close();
      await writer?.close();
    },
  };
}
