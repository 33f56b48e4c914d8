import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Finished, root, runProgram, runWell } from "./program.ts";

/** What is fetched or compiled once and kept: virtual environments and Go programs. */
export const cacheFolder = join(root, "node_modules/.cache/interop");

/** Where Go programs are installed; protoc plugins are found when this is on the PATH. */
export const goBin = join(cacheFolder, "go-bin");

/** The Node that runs this test, for the emulator and the gateway. */
export const node = process.execPath;

/** The pinned buf. */
export const buf = join(root, "node_modules/.bin/buf");

/** The pinned esbuild. */
export const esbuild = join(root, "node_modules/.bin/esbuild");

/** Fails with one line that says what to install, unless the program is there and answers well. */
export async function requireProgram(
  command: string,
  args: readonly string[],
  advice: string,
): Promise<Finished> {
  const finished = await runProgram(command, args).catch(() => undefined);
  if (finished?.exitCode === 0) return finished;
  throw new MissingProgram(`${command} is not installed, or not whole. ${advice}`);
}

/** A program that this machine lacks; its whole report is one line. */
export class MissingProgram extends Error {
  override readonly name = "MissingProgram";

  constructor(message: string) {
    super(message);
    this.stack = `${this.name}: ${message}`;
  }
}

/**
 * Installs a Go program into the cache, once per version, and gives its path. `name` is what Go calls it where that is not
 * the last part of the module.
 */
export async function installGoProgram(
  module: string,
  version: string,
  name = basename(module),
): Promise<string> {
  await requireProgram("go", ["version"], "Install Go 1.26 or newer (https://go.dev/dl).");
  const program = join(goBin, name);
  await once(program, version, () =>
    runWell("go", ["install", `${module}@${version}`], { env: { GOBIN: goBin } }),
  );
  return program;
}

/**
 * Makes something slow once for all runs, and anew when its version changes. What a killed run left
 * half made is thrown away.
 */
export async function once(
  path: string,
  version: string,
  make: () => Promise<unknown>,
): Promise<void> {
  const receipt = `${path}.version`;
  if ((await readFile(receipt, "utf8").catch(() => undefined)) === version) return;
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  await make();
  await writeFile(receipt, version);
}
