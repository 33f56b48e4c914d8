import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const peer = "node_modules/@portkey-ai/gateway/package.json";

/** How long npm may take. */
const limitMs = 180_000;

/**
 * Installs the peers of bench/package.json under bench/, as its lock file has them and without running anything of
 * theirs. Gives why that did not work, or undefined.
 */
export function installPeers(progress: (words: string) => void): string | undefined {
  if (isInstalled()) return undefined;
  progress("installing the peer gateway under bench/ (once)");
  const npm = spawnSync("npm", ["install", "--no-save", "--ignore-scripts", "--loglevel=error"], {
    cwd: folder,
    timeout: limitMs,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return npm.status === 0 ? undefined : `npm install failed: ${String(npm.stderr).slice(0, 200)}`;
}

function isInstalled(): boolean {
  if (!existsSync(`${folder}${peer}`)) return false;
  const wanted = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const found = JSON.parse(readFileSync(`${folder}${peer}`, "utf8"));
  return found.version === wanted.dependencies[found.name];
}
