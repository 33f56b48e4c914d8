import type { Child } from "../child.ts";

/** Microseconds of processor time that a process spends while something runs. */
export async function cpuOf(process: Child, run: () => Promise<unknown>): Promise<number> {
  const before = await process.ask("sample");
  await run();
  const after = await process.ask("sample");
  return after.cpuUs - before.cpuUs;
}
