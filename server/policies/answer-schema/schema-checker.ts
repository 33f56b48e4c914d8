import { Worker } from "node:worker_threads";
import type { JsonObject } from "@bufbuild/protobuf";
import type { SchemaJob, SchemaOutcome, SchemaVerdict } from "./schema-job.ts";

/** Checks schemas and answers away from the event loop, because a caller's pattern can take exponential time. */
export interface SchemaChecker {
  /** Undefined when it took longer than a second, or too many others waited. */
  check(schema: JsonObject, text?: string): Promise<SchemaOutcome | undefined>;
  close(): void;
}

/** What limits the checks. */
export interface SchemaCheckerOptions {
  /** How long one check may take, in milliseconds. */
  readonly timeLimitMs?: number;
  /** How many checks may wait. */
  readonly mostWaiting?: number;
}

interface Waiting {
  readonly job: SchemaJob;
  readonly settle: (outcome: SchemaOutcome | undefined) => void;
}

const resourceLimits = {
  maxOldGenerationSizeMb: 128,
  maxYoungGenerationSizeMb: 16,
  stackSizeMb: 4,
};

/** Starts no thread before the first check; one that takes too long is stopped, and the next check gets a new one. */
export function createSchemaChecker(options: SchemaCheckerOptions = {}): SchemaChecker {
  const { timeLimitMs = 1000, mostWaiting = 256 } = options;
  const waiting: Waiting[] = [];
  let worker: Worker | undefined;
  let current: Waiting | undefined;
  let overdue: NodeJS.Timeout | undefined;
  let jobs = 0;

  function finish(outcome: SchemaOutcome | undefined): void {
    clearTimeout(overdue);
    current?.settle(outcome);
    current = undefined;
    runNext();
  }

  function giveUp(): void {
    const stopped = worker;
    worker = undefined;
    void stopped?.terminate();
    finish(undefined);
  }

  function startWorker(): Worker {
    const started = new Worker(new URL("./schema-worker.ts", import.meta.url), { resourceLimits });
    started.on("message", ({ id, outcome }: SchemaVerdict) => {
      if (current?.job.id === id) finish(outcome);
    });
    const lost = () => {
      if (worker === started) giveUp();
    };
    started.on("error", lost);
    started.on("exit", lost);
    // After the listeners, which would hold the process again.
    started.unref();
    return started;
  }

  function runNext(): void {
    if (current) return;
    current = waiting.shift();
    if (!current) return;
    worker ??= startWorker();
    overdue = setTimeout(giveUp, timeLimitMs);
    worker.postMessage(current.job);
  }

  return {
    check(schema, text) {
      if (waiting.length >= mostWaiting) return Promise.resolve(undefined);
      const { promise, resolve: settle } = Promise.withResolvers<SchemaOutcome | undefined>();
      waiting.push({ job: { id: ++jobs, schema, text }, settle });
      runNext();
      return promise;
    },
    close() {
      for (const { settle } of waiting.splice(0)) settle(undefined);
      giveUp();
    },
  };
}
