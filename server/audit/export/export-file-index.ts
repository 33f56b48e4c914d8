import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { AuditRefused } from "../audit-refused.ts";
import { createProblems, type Problems } from "../verifying/problems.ts";
import { createIndexedChains, type IndexedChain } from "./export-file-chains.ts";
import { openSegment } from "./export-file-cut.ts";
import { type FileLine, fileLines } from "./export-file-lines.ts";
import { type CopyEnd, type CopyForm, readCopyRow } from "./export-file-rows.ts";
import { type ExpectedHeads, expectedHeads } from "./export-file-seen.ts";
import { checkForm, mayBeginCopy, strange } from "./export-file-strange.ts";

/** Where everything in a copy is. */
export interface ExportFileIndex {
  /** The first line of each copy that the file consists of: one, unless files were put together. */
  readonly forms: readonly CopyForm[];
  readonly chains: ReadonlyMap<string, IndexedChain>;
  /** Where lines begin that are nothing that is written, or not where they should be. */
  readonly leftOut: ReadonlySet<number>;
  /** What is wrong with the lines themselves. */
  readonly problems: Problems;
  /** Undefined where the file has an end. */
  readonly cutOff: CutOff | undefined;
  readonly expected: ExpectedHeads;
}

/** A copy that stops before its end. */
export interface CutOff {
  /** Lines that are whole. */
  readonly lines: number;
  /** Records in its last segment that cannot be checked, since the heads over them are not there. */
  readonly uncheckedRecords: number;
}

/** Somebody who put copies together in a wrong order is told so, and not a hundred thousand times. */
const mostLeftOut = 100_000;

/** Clocks of gateways differ by less. */
const clockSkewMs = 60_000;

/**
 * Reads a copy once: what is where, does each row stand where it should, and are these the bytes that were written? Holds a
 * place for each few hundred rows, and no rows. Rejects with AuditRefused when the file is no copy.
 */
export async function indexExportFile(file: FileHandle, path: string): Promise<ExportFileIndex> {
  const problems = createProblems();
  const leftOut = new Set<number>();
  const forms: CopyForm[] = [];
  const expected = expectedHeads();
  const leaveOut = (offset: number) => {
    leftOut.add(offset);
    if (leftOut.size > mostLeftOut) throw disordered(path);
  };
  const chains = createIndexedChains((row, message, writer) => {
    problems.add({ kind: "misplaced", writer, message: `Line ${row.line}: ${message}` });
    leaveOut(row.offset);
  });
  let hash = createHash("sha256");
  let linesInCopy = 0;
  let lines = 0;
  let isEnded = false;
  let segment = openSegment();

  const changed = (message: string) => problems.add({ kind: "changed", writer: "", message });
  const begin = (form: CopyForm) => {
    checkForm(form, path);
    if (!isEnded && forms.length > 0) {
      const message = `Line ${lines}: a copy begins here, and the one before it has no end.`;
      problems.add({ kind: "missing", writer: "", message });
    }
    forms.push(form);
    expected.beforeEpochMs = (form.toEpochMs ?? 0) - clockSkewMs;
    hash = createHash("sha256");
    linesInCopy = 0;
    isEnded = false;
  };
  const end = ({ lines: counted, sha256 }: CopyEnd) => {
    isEnded = true;
    if (counted !== linesInCopy) {
      changed(
        `Line ${lines}: there were ${counted} lines before this one, and are ${linesInCopy}.`,
      );
    }
    if (sha256 === hash.digest("hex")) return;
    changed(
      `Line ${lines}: the lines before this one are not, byte for byte, those that were written.`,
    );
  };
  const read = ({ offset, bytes, isTooLong }: FileLine) => {
    const line = isTooLong ? undefined : readCopyRow(bytes);
    if (line?.is === "form") begin(line.row);
    else if (lines === 1 && (line || !bytes.includes("axonflow"))) throw strange(path);
    if (line?.is === "end" && !isEnded) return end(line.row);
    hash.update(bytes).update("\n");
    linesInCopy += 1;
    if (line?.is === "form") return;
    if (!line || line.is === "end" || !chains.add(line, { offset, line: lines })) {
      changed(`Line ${lines} is nothing that stands in a copy.`);
      return leaveOut(offset);
    }
    if (line.is === "segment") segment = openSegment(line.row);
    if (line.is === "head") segment.readHead(line.row);
    if (line.is === "record") {
      segment.readRecord(line.row);
      expected.read(line.row);
    }
  };

  let isCut = false;
  for await (const line of fileLines(file, 0)) {
    isCut = !line.isEnded;
    if (isCut) break;
    lines += 1;
    read(line);
  }
  if (lines === 0 && !(await mayBeginCopy(file))) throw strange(path);
  chains.end();
  const index = { forms, chains: chains.all, leftOut, problems, expected };
  if (isEnded && !isCut) return { ...index, cutOff: undefined };
  const uncheckedRecords = isEnded ? 0 : chains.cut(segment);
  return { ...index, cutOff: { lines, uncheckedRecords } };
}

function disordered(path: string): AuditRefused {
  return new AuditRefused(
    `${path} has more than ${mostLeftOut.toLocaleString("en-US")} lines that do not stand in their order. If copies were put together, take each once, and sort them by their names.`,
  );
}
