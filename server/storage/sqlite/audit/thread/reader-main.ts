import { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";
import { answerQuestions } from "../../thread/answer-questions.ts";
import { versionOf } from "../../thread/migrate.ts";
import type { ReaderQuestion } from "../questions.ts";
import { createFindRecords } from "./find-records.ts";
import { createReadChains } from "./read-chains.ts";
import { auditSchema } from "./schema.ts";

// The thread that reads the audit log's file, while the other one, or another process, writes it.

const patienceMs = 1000;

answerQuestions<ReaderQuestion>(() => {
  const database = new DatabaseSync(String(workerData), { readOnly: true, timeout: patienceMs });
  try {
    versionOf(database, auditSchema);
    const answer = createAnswer(database);
    return { answer: (question) => atOneMoment(database, () => answer(question)), close };
  } catch (error) {
    close();
    throw error;
  }
  function close() {
    database.close();
  }
});

/** All that one answer is made of was there at the same time. */
function atOneMoment<T>(database: DatabaseSync, read: () => T): T {
  database.exec("BEGIN");
  try {
    return read();
  } finally {
    database.exec("COMMIT");
  }
}

function createAnswer(database: DatabaseSync): (question: ReaderQuestion) => unknown {
  const chains = createReadChains(database);
  const find = createFindRecords(database);
  return (question) => {
    switch (question.kind) {
      case "open":
        return undefined;
      case "last-heads":
        return chains.lastHeads(question.limit);
      case "segments":
        return chains.segments();
      case "records":
        return chains.records(question.writer, question.from, question.limit);
      case "heads":
        return chains.heads(question.writer, question.from, question.limit);
      case "head-over":
        return chains.headOver(question.writer, question.sequence);
      case "keys":
        return chains.keys(question.writer, question.segment);
      case "find":
        return find(question.query);
    }
  };
}
