import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { AuditRefused } from "../audit-refused.ts";

/** A file that holds a secret: made with fresh contents when it is not there, for its owner alone. */
export function readOrMakeSecret(path: string, setting: string, make: () => string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!isMissing(error)) throw refused(path, setting, error);
  }
  try {
    writeFileSync(path, make(), { mode: 0o600, flag: "wx", flush: true });
    // The process's umask may have taken more away than it should, never less.
    chmodSync(path, 0o600);
    return readFileSync(path, "utf8");
  } catch (error) {
    throw refused(path, setting, error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function refused(path: string, setting: string, error: unknown): AuditRefused {
  const code = error instanceof Error && "code" in error ? error.code : error;
  return new AuditRefused(`${setting}: ${path} cannot be read or made (${code}).`);
}
