import type { SQLOutputValue } from "node:sqlite";

/** One answer holds no more bytes, but for its first row. */
const mostBytes = 16 * 1024 * 1024;

/** Rows as they are stored, until they are too many bytes for one answer. */
export function collect(
  rows: Iterable<Record<string, SQLOutputValue>>,
): { readonly bytes: Uint8Array }[] {
  const collected: { readonly bytes: Uint8Array }[] = [];
  let size = 0;
  for (const row of rows) {
    const bytes = row.bytes as Uint8Array;
    size += bytes.length;
    if (size > mostBytes && collected.length > 0) break;
    collected.push({
      ...row,
      bytes,
      ...("requestId" in row && { requestId: uuidOf(row.requestId) }),
    });
  }
  return collected;
}

/** 32 hexadecimal digits as a UUID; the empty text for none. */
function uuidOf(hex: SQLOutputValue | undefined): string {
  return String(hex ?? "").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
