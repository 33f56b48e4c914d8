import type { Completed } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { AuditEntry, AuditLog } from "../core/audit-log.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { printAnswer } from "../core/printed-answer.ts";
import type { CompletionEvent, Reply } from "../core/reply.ts";
import { answerContent, failureContent, type ResultContent } from "./result-content.ts";
import { createTextDigest } from "./text-digest.ts";

/** How one call ends: written down once, by whatever comes first. */
export interface Outcome {
  see(event: CompletionEvent): void;
  /** Resolves when it is durable; rejects with AUDIT_UNAVAILABLE. */
  answered(completed: Completed, reply: Reply): Promise<void>;
  /** Resolves when it is durable, or cannot be for now: the caller is told of the first error, not of this one. */
  failed(error: unknown): Promise<void>;
  /** The caller went away. Does nothing after any other end. */
  abandoned(): void;
  /** The call was not made, because its intent could not be written. */
  refused(error: unknown): void;
}

/** The most characters of one request, or of one answer, that are written down. */
export const mostPrinted = 4 * 1024 * 1024;

export interface OutcomeOptions {
  readonly log: AuditLog;
  readonly clock: Clock;
  /** When the call came. */
  readonly arrivedMs: number;
  /** Whether the answer is written down. */
  readonly bodies: boolean;
  /** All but the result. */
  readonly entry: AuditEntry;
}

/** Of a call that is about to be made. */
export function createOutcome({ log, clock, arrivedMs, bodies, entry }: OutcomeOptions): Outcome {
  const digest = createTextDigest();
  const print = bodies ? printAnswer(mostPrinted) : undefined;
  let firstMs: number | undefined;
  let isWritten = false;

  const entryOf = (result: ResultContent): AuditEntry => {
    const content = { ...entry.content, result };
    return {
      ...entry,
      content: print ? { ...content, answer: print.blocks() } : content,
      hmacOf: digest.isEmpty ? entry.hmacOf : { ...entry.hmacOf, answer: digest.digest() },
    };
  };
  const times = () => ({
    latencyMs: Math.round(clock.now() - arrivedMs),
    timeToFirstTokenMs: firstMs === undefined ? undefined : Math.round(firstMs - arrivedMs),
  });
  const write = (result: ResultContent): Promise<void> => {
    if (isWritten) return Promise.resolve();
    isWritten = true;
    return log.record(entryOf(result));
  };
  const fail = (error: unknown) =>
    write(failureContent(GatewayError.from(error), times())).catch(() => {});
  return {
    see(event) {
      firstMs ??= clock.now();
      print?.see(event);
      if (event.case === "delta" && event.value.piece.case === "text") {
        digest.add(event.value.piece.value);
      }
    },
    answered: (completed, reply) => write(answerContent(completed, reply, times())),
    failed: fail,
    abandoned() {
      if (!isWritten) void fail(GatewayError.cancelled());
    },
    refused(error) {
      isWritten = true;
      log.note(entryOf(failureContent(GatewayError.from(error), times())));
    },
  };
}
