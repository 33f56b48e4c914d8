import { type Child, startChild } from "./child.ts";
import type { LoadMethods } from "./load.ts";
import type { RunningSubject, Subject } from "./subjects.ts";
import type { UpstreamMethods } from "./upstream.ts";

/** The processes that every measure needs: the stand-in for Bedrock, the load generator, and whatever is started. */
export interface Stage {
  readonly upstream: Child<UpstreamMethods>;
  readonly upstreamPort: number;
  readonly load: Child<LoadMethods>;
  start(subject: Subject): Promise<RunningSubject>;
  /** Ends everything that was started here. */
  close(): Promise<void>;
}

/** Starts the stand-in and the load generator. */
export async function openStage(): Promise<Stage> {
  const upstream = startChild<UpstreamMethods>({ script: "./upstream.ts" });
  const started: { stop(): Promise<void> }[] = [upstream];
  const upstreamPort = await upstream.port;
  const load = startChild<LoadMethods>({ script: "./load.ts", args: [String(upstreamPort)] });
  started.push(load);
  await load.port;
  return {
    upstream,
    upstreamPort,
    load,
    async start(subject) {
      const running = await subject.start(upstreamPort);
      started.push(running.process);
      return running;
    },
    async close() {
      await Promise.all(started.map((child) => child.stop()));
    },
  };
}
