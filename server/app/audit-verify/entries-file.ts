import { open } from "node:fs/promises";
import { ConfigurationError } from "../../config/configuration-error.ts";
import type { ReadRecord } from "../../core/audit-reading.ts";

/** A file of records as they could be read, a line of JSON each. */
export interface EntriesFile {
  readonly take: (record: ReadRecord) => Promise<void>;
  close(): Promise<void>;
}

const piece = 256 * 1024;

/** For its owner alone: it may have texts. Throws a ConfigurationError where it cannot be made, or is there already. */
export async function createEntriesFile(path: string): Promise<EntriesFile> {
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "is there already" : `cannot be written (${error.code})`;
    throw new ConfigurationError([`--entries: ${path} ${why}.`]);
  });
  let waiting = "";
  const write = async () => {
    const lines = waiting;
    waiting = "";
    await file.writeFile(lines);
  };
  return {
    async take(record) {
      waiting += `${JSON.stringify(entryOf(record))}\n`;
      if (waiting.length >= piece) await write();
    },
    async close() {
      await write();
      await file.close();
    },
  };
}

function entryOf({ position, segment, kind, requestId, tenant, content, unreadable }: ReadRecord) {
  const { writer: chain, sequence, epochMs } = position;
  return {
    position: { chain, sequence: String(sequence) },
    segment: String(segment),
    kind,
    time: new Date(epochMs).toISOString(),
    request_id: requestId,
    tenant: tenant ?? "",
    ...(content ? { content } : { unreadable }),
  };
}
