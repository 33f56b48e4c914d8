import type { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";
import { answerQuestions } from "../../thread/answer-questions.ts";
import { type DatabaseOptions, openDatabase } from "../../thread/open-database.ts";
import type { WriterQuestion } from "../questions.ts";
import { createAppendBatch } from "./append-batch.ts";
import { auditSchema } from "./schema.ts";
import { createShredSegment } from "./shred-segment.ts";
import { createSweep } from "./sweep.ts";
import { touchEnds } from "./touch-ends.ts";

// The thread that alone writes the file of the audit log.

/** A large write-ahead file shrinks to so many bytes again. */
const writeAheadBytes = 64 * 1024 * 1024;

answerQuestions<WriterQuestion>(() => {
  const options = workerData as Omit<DatabaseOptions, "schema">;
  const { database, close } = openDatabase({ ...options, schema: auditSchema });
  try {
    database.exec(`PRAGMA journal_size_limit = ${writeAheadBytes}`);
    touchEnds(database);
    return { answer: createAnswer(database), close };
  } catch (error) {
    close();
    throw error;
  }
});

function createAnswer(database: DatabaseSync): (question: WriterQuestion) => unknown {
  const append = createAppendBatch(database);
  const shred = createShredSegment(database);
  const sweep = createSweep(database);
  return (question) => {
    switch (question.kind) {
      case "open":
        return undefined;
      case "append":
        return append(question.batch);
      case "shred":
        return shred(question.writer, question.segment, question.summary);
      case "sweep":
        return sweep();
    }
  };
}
