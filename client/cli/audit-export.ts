import { open, rm } from "node:fs/promises";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, Option } from "commander";
import {
  type AuditOptions,
  type AuditRange,
  addAuditOptions,
  checkRange,
  readAuditMoment,
} from "./audit-options.ts";
import { UsageError } from "./usage-error.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface ExportOptions extends AuditOptions, AuditRange {
  readonly out: string;
}

const notes = `
Examples:
  $ axonflow audit export --out audit.jsonl
  $ axonflow audit export --since 2026-11-01 --until 2026-12-01 --out november.jsonl
  $ axonflow audit verify november.jsonl --public-key gateway.pem

Records stay encrypted: a copy can be verified by anybody, and read with the master key. It has whole segments, so it may
begin earlier and end later than was asked for.`;

/** Adds `axonflow audit export`. */
export function addAuditExportCommand(audit: Command): void {
  const moment = readAuditMoment(Date.now());
  const command = audit
    .command("export")
    .summary("copy the log to a file that can be verified by itself")
    .description(
      "Writes a copy of the log as JSON lines. A file that is there already is not touched.",
    )
    .addOption(
      new Option(
        "--since <when>",
        "an age such as 24h or 7d, a date or a time of UTC (default: all there is)",
      ).argParser(moment),
    )
    .addOption(new Option("--until <when>", "the same (default: now)").argParser(moment))
    .requiredOption("--out <file>", "where to; - is stdout");
  addAuditOptions(command.addHelpText("after", notes)).action((options: ExportOptions) =>
    withGateway(options, (session) => exportTo(session, options)),
  );
}

async function exportTo(session: Session, options: ExportOptions): Promise<void> {
  checkRange(options);
  const { out } = options;
  const { output } = session;
  if (out === "-") {
    const decoder = new TextDecoder();
    for await (const lines of copyOf(session, options)) {
      await output.write(decoder.decode(lines, { stream: true }));
    }
    return;
  }
  const bytes = await writeFile(out, copyOf(session, options));
  output.note(
    `${out} has ${bytes.toLocaleString("en-US")} bytes: axonflow audit verify ${out} checks it.`,
  );
}

function copyOf(
  { client, signal }: Session,
  { since, until, timeoutMs }: ExportOptions,
): AsyncIterable<Uint8Array> {
  const range = {
    ...(since !== undefined && { from: timestampFromMs(since) }),
    ...(until !== undefined && { to: timestampFromMs(until) }),
  };
  return client.audit.export(range, { signal, timeoutMs });
}

/** For its owner alone, and whole or not there. Gives its size. */
async function writeFile(path: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "is there already" : `cannot be written (${error.code})`;
    throw new UsageError(`--out: ${path} ${why}.`);
  });
  try {
    let size = 0;
    for await (const piece of pieces) {
      await file.writeFile(piece);
      size += piece.length;
    }
    await file.sync();
    await file.close();
    return size;
  } catch (error) {
    await file.close().catch(() => {});
    await rm(path, { force: true });
    throw error;
  }
}
