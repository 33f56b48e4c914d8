import type { Plan } from "../plan.ts";
import type { Stage } from "../stage.ts";
import type { Subject } from "../subjects.ts";

/** Resident memory of a fresh process, in bytes, at so many open streams; a call has been answered before. */
export async function memoryOf(
  stage: Stage,
  subject: Subject,
  { openStreams }: Plan,
): Promise<number[]> {
  const { upstream, load } = stage;
  const { lane, port, process } = await stage.start(subject);
  const rssBytes: number[] = [];
  await load.ask("complete", { lane, port, calls: 1, concurrency: 1 });
  await upstream.ask("pace", { kind: "held" });
  for (const calls of openStreams) {
    await load.ask("open", { lane, port, calls });
    rssBytes.push((await process.ask("sample")).rssBytes);
    await upstream.ask("release");
    await load.ask("finish");
  }
  await process.stop();
  return rssBytes;
}
