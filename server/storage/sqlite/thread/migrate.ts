import type { DatabaseSync } from "node:sqlite";

/** What the file means is not known here. */
export class WrittenByLater extends Error {}

/** Brings a file to the version that so many steps lead to. Throws `WrittenByLater` for one of a later version. */
export function migrate(database: DatabaseSync, steps: readonly string[]): void {
  const version = versionOf(database, steps);
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

/** How many steps a file has had; 0 for a new one. Throws `WrittenByLater` when there are more than are known. */
export function versionOf(database: DatabaseSync, steps: readonly string[]): number {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
    user_version: number;
  };
  if (version > steps.length) {
    throw new WrittenByLater(`its schema is ${version}, known are those up to ${steps.length}`);
  }
  return version;
}
