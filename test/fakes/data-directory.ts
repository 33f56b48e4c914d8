import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

process.on("exit", () => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A data directory for one gateway, gone when this process ends. Two gateways cannot have the same. */
export function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "axonflow-data-"));
  made.push(directory);
  return directory;
}

let keyFile: string | undefined;

/** The key of the audit log that all gateways of this process share, as those over one database have to. */
export function auditKeyFile(): string {
  if (keyFile === undefined) {
    keyFile = join(dataDirectory(), "audit.key");
    writeFileSync(keyFile, "5a".repeat(32), { mode: 0o600 });
  }
  return keyFile;
}
