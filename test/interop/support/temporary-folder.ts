import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** Makes a fresh folder, which is deleted after the file or suite whose body asks for it. */
export function useTemporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `axonflow-interop-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
