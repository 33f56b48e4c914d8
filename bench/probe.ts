// Loaded with `--import` into every process of the benchmark, the gateway included: it answers what the process has
// used so far, and ends it when the main process is gone.
import { answerQuestions } from "./ipc.ts";

/** What a process has used: processor time since its start (user and system, all threads) and memory now. */
export interface Sample {
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** What every process answers. */
export type ProbeMethods = { sample(): Sample };

const methods: ProbeMethods = {
  sample() {
    const { user, system } = process.cpuUsage();
    return { cpuUs: user + system, rssBytes: process.memoryUsage.rss() };
  },
};
answerQuestions(methods);
process.once("disconnect", () => process.exit());
process.channel?.unref();
