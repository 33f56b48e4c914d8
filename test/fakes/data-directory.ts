import { mkdtempSync, rmSync } from "node:fs";
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
