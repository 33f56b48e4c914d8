import { parentPort } from "node:worker_threads";
import { checkSchema } from "./check-schema.ts";
import type { SchemaJob, SchemaOutcome, SchemaVerdict } from "./schema-job.ts";

// The other side of `schema-checker.ts`: one job after the other, in a thread that can be stopped.
parentPort?.on("message", (job: SchemaJob) => {
  const verdict: SchemaVerdict = { id: job.id, outcome: outcomeOf(job) };
  parentPort?.postMessage(verdict);
});

/** A schema or an answer that is nested too deeply for the thread's stack cannot be used either. */
function outcomeOf(job: SchemaJob): SchemaOutcome {
  try {
    return checkSchema(job);
  } catch {
    return job.text === undefined
      ? { kind: "unusable", where: "#: it cannot be followed" }
      : { kind: "mismatch" };
  }
}
