import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** Debian and Ubuntu keep one folder per major version, not on PATH. */
const debianFolder = "/usr/lib/postgresql";

/**
 * The folder with `initdb` and `postgres`: on PATH, or Debian's newest. Throws a line that says how to get them: a test
 * that went on without a real PostgreSQL would prove nothing.
 */
export function postgresBinaries(): string {
  const debian = existsSync(debianFolder)
    ? readdirSync(debianFolder)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(debianFolder, version, "bin"))
    : [];
  const onPath = (process.env.PATH ?? "").split(delimiter);
  const found = [...onPath, ...debian].find((folder) =>
    ["initdb", "postgres"].every((name) => existsSync(join(folder, name))),
  );
  // What is on PATH may be links to some of the binaries alone.
  if (found !== undefined) return dirname(realpathSync(join(found, "postgres")));
  throw new Error(
    "These tests start a PostgreSQL of their own and found no initdb and postgres. Install the server's binaries " +
      "(Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql) or put their folder on PATH.",
  );
}
