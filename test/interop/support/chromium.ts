import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { type Service, startService } from "./service.ts";
import { requireProgram } from "./toolchain.ts";

const command = "chromium";

/** Headless, as root in a container, and silent: no name is resolved and nothing is called but loopback. */
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
  "--no-proxy-server",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** Fails with one line when there is no Chromium. */
export async function requireChromium(): Promise<void> {
  await requireProgram(command, ["--version"], "Install Chromium (Debian: chromium).");
}

/** Opens a page in a browser of its own, with a fresh profile inside `folder`. */
export async function openPage(url: string, folder: string): Promise<Service> {
  const profile = await mkdtemp(join(folder, "profile-"));
  return startService(command, [...flags, `--user-data-dir=${profile}`, url]);
}
