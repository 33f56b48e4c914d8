// Installs the locked dependencies when they are missing or older than the lock file, so that any
// `npm run …` works as the first thing typed on a fresh clone. Plain JavaScript with no imports
// outside Node: it is the one file that has to run on whatever Node the machine brings.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** npm writes this file last, so its age tells whether an install has finished since the lock changed. */
const installed = `${root}node_modules/.package-lock.json`;
const isCurrent =
  existsSync(installed) &&
  existsSync(`${root}node_modules/.bin/node`) &&
  statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;

if (!isCurrent) {
  console.error(
    "Installing the locked dependencies, Node itself among them (once, about a minute) …",
  );
  // Not `npm ci`: it refuses a lock file that was written where another platform's binaries could not be had.
  // What is locked is installed as locked, and the lock file is left alone.
  const npm = spawnSync("npm", ["install", "--no-save", "--loglevel=error", "--no-progress"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) {
    console.error(
      "npm install failed; its own words stand above. Mend that and run the same command again.",
    );
    process.exit(1);
  }
}
