import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyExportFile } from "../../../../server/audit/export/export-file-verification.ts";
import { type ExportRange, exportLines } from "../../../../server/audit/export/export-lines.ts";
import { openExportFile } from "../../../../server/audit/export/open-export-file.ts";
import type { AuditReport } from "../../../../server/core/audit-reading.ts";
import type { AuditStore } from "../../../../server/core/audit-store.ts";

export const everything: ExportRange = { fromEpochMs: 0, toEpochMs: Number.MAX_SAFE_INTEGER };

/** A copy of a log, as it would stand in a file. */
export async function copyOf(store: AuditStore, range: ExportRange = everything): Promise<Buffer> {
  const pieces = await Array.fromAsync(exportLines(store, range));
  return Buffer.from(pieces.join(""));
}

/** The lines of a copy without their ends. */
export function linesOf(copy: Buffer): string[] {
  return copy.toString().split("\n").slice(0, -1);
}

/** The copy that somebody makes of such lines who knows its form: the last line counts and hashes the others. */
export function forged(lines: readonly string[]): Buffer {
  const text = lines.slice(0, -1).join("\n").concat("\n");
  const sha256 = createHash("sha256").update(text).digest("hex");
  const end = JSON.stringify({ end: { lines: lines.length - 1, sha256 } });
  return Buffer.from(`${text}${end}\n`);
}

/** A file of its own for each test file; `verify` writes bytes into it and looks at them as a copy. */
export function copyFile() {
  const directory = mkdtempSync(join(tmpdir(), "axonflow-copy-"));
  const path = join(directory, "audit.jsonl");
  const open = (bytes: Buffer) => {
    writeFileSync(path, bytes);
    return openExportFile(path);
  };
  return {
    path,
    open,
    async verify(
      bytes: Buffer,
      options?: Parameters<typeof verifyExportFile>[1],
    ): Promise<AuditReport & { readonly isCutOff: boolean }> {
      const file = await open(bytes);
      try {
        const report = await verifyExportFile(file, options);
        return { ...report, isCutOff: file.index.cutOff !== undefined };
      } finally {
        await file.store.close();
      }
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}
