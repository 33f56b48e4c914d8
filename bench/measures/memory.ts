import type { Plan } from "../plan.ts";
import type { Stage } from "../stage.ts";
import type { RunningSubject } from "../subjects.ts";

/** Resident memory of a process, in bytes, at so many open streams. Comes first: what was once taken rarely shrinks. */
export async function memoryOf(
  { upstream, load }: Stage,
  { lane, port, process }: RunningSubject,
  { openStreams }: Plan,
): Promise<number[]> {
  const rssBytes: number[] = [];
  await load.ask("complete", { lane, port, calls: 1, concurrency: 1 });
  await upstream.ask("pace", { kind: "held" });
  for (const calls of openStreams) {
    await load.ask("open", { lane, port, calls });
    rssBytes.push((await process.ask("sample")).rssBytes);
    await upstream.ask("release");
    await load.ask("finish");
  }
  return rssBytes;
}
