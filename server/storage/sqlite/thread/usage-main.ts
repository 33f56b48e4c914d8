import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import type { UsageAnswer, UsageQuestion } from "./usage-question.ts";
import { readUsage } from "./usage-sums.ts";

// The thread that reads the file while the other one writes it. Sums over millions of records take seconds.

const database = new DatabaseSync(String(workerData), { readOnly: true, timeout: 1000 });

parentPort?.on("message", ({ number, query }: UsageQuestion) =>
  parentPort?.postMessage(answer(number, query)),
);

function answer(number: number, query: UsageQuestion["query"]): UsageAnswer {
  try {
    return { number, sums: readUsage(database, query) };
  } catch (error) {
    return { number, failure: error instanceof Error ? error.message : String(error) };
  }
}
