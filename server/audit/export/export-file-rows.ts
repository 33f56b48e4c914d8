import type {
  StoredHead,
  StoredRecord,
  StoredSegment,
  WrappedKey,
} from "../../core/audit-store.ts";

/** What the first line of a copy says. */
export interface CopyForm {
  readonly form: string;
  /** The range that was asked for; absent in the copy of a single segment. */
  readonly fromEpochMs?: number | undefined;
  readonly toEpochMs?: number | undefined;
}

/** What the last line of a copy says. */
export interface CopyEnd {
  readonly lines: number;
  readonly sha256: string;
}

/** A line of a copy, read. */
export type CopyRow =
  | { readonly is: "form"; readonly row: CopyForm }
  | { readonly is: "segment"; readonly row: StoredSegment }
  | { readonly is: "key"; readonly row: WrappedKey }
  | { readonly is: "record"; readonly row: StoredRecord }
  | { readonly is: "head"; readonly row: StoredHead }
  | { readonly is: "end"; readonly row: CopyEnd };

/** Undefined when the bytes are no line that `exportLines` writes. */
export function readCopyRow(bytes: Buffer): CopyRow | undefined {
  const line = parsed(bytes);
  if (!line) return undefined;
  if (typeof line.form === "string") return readForm(line.form, line);
  const [name, ...others] = Object.keys(line);
  const fields = name === undefined ? undefined : line[name];
  if (others.length > 0 || !isObject(fields)) return undefined;
  switch (name) {
    case "segment":
      return readSegment(fields);
    case "key":
      return readKey(fields);
    case "record":
      return readRecord(fields);
    case "head":
      return readHead(fields);
    case "end":
      return readEnd(fields);
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readForm(form: string, { fromEpochMs, toEpochMs }: Fields): CopyRow | undefined {
  const isRange = isNumber(fromEpochMs) && isNumber(toEpochMs);
  return { is: "form", row: { form, ...(isRange && { fromEpochMs, toEpochMs }) } };
}

function readSegment({
  writer,
  number,
  firstSequence,
  startEpochMs,
  summary,
}: Fields): CopyRow | undefined {
  const isWhole =
    isText(writer) && isNumber(number) && isNumber(firstSequence) && isNumber(startEpochMs);
  if (!isWhole || (summary !== undefined && !isText(summary))) return undefined;
  const left = summary === undefined ? undefined : { summary: Buffer.from(summary, "base64") };
  return { is: "segment", row: { writer, number, firstSequence, startEpochMs, ...left } };
}

function readKey({ writer, segment, number, bytes }: Fields): CopyRow | undefined {
  if (!isText(writer) || !isNumber(segment) || !isNumber(number) || !isText(bytes)) {
    return undefined;
  }
  return { is: "key", row: { writer, segment, number, bytes: Buffer.from(bytes, "base64") } };
}

function readRecord(fields: Fields): CopyRow | undefined {
  const { writer, sequence, segment, epochMs, kind, requestId, bytes } = fields;
  const isFound = isText(writer) && isText(requestId) && isText(bytes);
  if (!isFound || !isNumber(sequence) || !isNumber(segment)) return undefined;
  if (!isNumber(epochMs) || !isNumber(kind)) return undefined;
  const row = { writer, sequence, segment, epochMs, kind, requestId };
  return { is: "record", row: { ...row, bytes: Buffer.from(bytes, "base64") } };
}

function readHead(fields: Fields): CopyRow | undefined {
  const { writer, number, segment, lastSequence, epochMs, bytes } = fields;
  if (!isText(writer) || !isText(bytes) || !isNumber(number)) return undefined;
  if (!isNumber(segment) || !isNumber(lastSequence) || !isNumber(epochMs)) return undefined;
  const row = { writer, number, segment, lastSequence, epochMs };
  return { is: "head", row: { ...row, bytes: Buffer.from(bytes, "base64") } };
}

function readEnd({ lines, sha256 }: Fields): CopyRow | undefined {
  return isNumber(lines) && isText(sha256) ? { is: "end", row: { lines, sha256 } } : undefined;
}

function parsed(bytes: Buffer): Fields | undefined {
  try {
    const line: unknown = JSON.parse(bytes.toString());
    return isObject(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
