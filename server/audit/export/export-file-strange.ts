import type { FileHandle } from "node:fs/promises";
import { AuditRefused } from "../audit-refused.ts";
import type { CopyForm } from "./export-file-rows.ts";
import { exportForm } from "./export-lines.ts";

/** Refuses copies of a form that this version cannot read. */
export function checkForm({ form }: CopyForm, path: string): void {
  if (form === exportForm) return;
  if (!form.startsWith(exportForm.replace(/\d+$/, ""))) throw strange(path);
  throw new AuditRefused(
    `${path} has the form ${form}, and this version of axonflow reads ${exportForm}.`,
  );
}

/** Whether a file without one whole line may be a copy that was cut off in its first. */
export async function mayBeginCopy(file: FileHandle): Promise<boolean> {
  const wanted = Buffer.from(`{"form":"${exportForm}"`);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted.length), 0, wanted.length, 0);
  return wanted.subarray(0, bytesRead).equals(buffer.subarray(0, bytesRead));
}

/** Of a file that has nothing to do with this. */
export function strange(path: string): AuditRefused {
  return new AuditRefused(
    `${path} is no copy of an audit log, as \`axonflow audit export --out FILE\` makes it.`,
  );
}
