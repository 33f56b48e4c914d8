import { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";
import type { UsageQuery } from "../../../core/ledger.ts";
import { answerQuestions } from "./answer-questions.ts";
import { readUsage } from "./usage-sums.ts";

// The thread that reads the file while the other one writes it. Sums over millions of records take seconds.

answerQuestions<UsageQuery>(() => {
  const database = new DatabaseSync(String(workerData), { readOnly: true, timeout: 1000 });
  return {
    answer: (query) => readUsage(database, query),
    close: () => database.close(),
  };
});
