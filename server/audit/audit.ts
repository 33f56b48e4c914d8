import type { AuditEntry, AuditLog } from "../core/audit-log.ts";
import type { Attempt, Call } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { mapEvents, tapEvents } from "../core/events.ts";
import type { Handler, Layer } from "../core/layer.ts";
import { printRequest } from "../core/printed-request.ts";
import type { Reply } from "../core/reply.ts";
import type { ScreenedCall } from "../core/screened-call.ts";
import { sha256 } from "../core/sha256.ts";
import { callContent, promptText } from "./call-content.ts";
import { createOutcome, mostPrinted, type Outcome } from "./outcome.ts";

export interface AuditOptions {
  readonly log: AuditLog;
  readonly clock: Clock;
  /** The hash of the configuration in force. */
  readonly configuration: string;
  /** Whether texts are written down, as policies left them. */
  readonly bodies: boolean;
}

/**
 * No call without a record of it: that it is about to be made is durable before anything below is asked, and how it ended
 * before the caller has the end. An answer whose record cannot be written is not given.
 */
export function audit(options: AuditOptions): Layer<ScreenedCall> {
  const onRecord = recording(options, "intent", "outcome");
  return {
    name: "audit",
    wrap: (next) => onRecord(next, ({ screening }) => screening?.redactions),
  };
}

/** The same for a copy of shadow mode: what another provider is told is on record too. */
export function auditCopy(options: AuditOptions): Layer<Attempt> {
  const onRecord = recording(options, "copy-intent", "copy-outcome");
  return { name: "auditCopy", wrap: (next) => onRecord(next, () => undefined) };
}

type Redactions = Parameters<typeof callContent>[2];

function recording(
  { log, clock, configuration, bodies }: AuditOptions,
  intent: AuditEntry["kind"],
  outcome: AuditEntry["kind"],
) {
  return <C extends Call>(next: Handler<C>, foundIn: (call: C) => Redactions): Handler<C> =>
    async (call) => {
      const { id: requestId, principal, request, arrivedMs } = call;
      const content = { call: callContent(call, configuration, foundIn(call)) };
      const about = { requestId, tenant: principal.tenant ?? "" };
      const prompt = sha256(promptText(request));
      const begun: AuditEntry = { ...about, kind: intent, content, hmacOf: { prompt } };
      const ending = createOutcome({
        log,
        clock,
        arrivedMs,
        bodies,
        entry: { ...begun, kind: outcome },
      });
      try {
        await log.intend(bodies ? withRequest(begun, call) : begun);
      } catch (error) {
        ending.refused(error);
        throw error;
      }
      try {
        return onEnd(await next(call), ending);
      } catch (error) {
        await ending.failed(error);
        throw error;
      }
    };
}

function withRequest(entry: AuditEntry, { request }: Call): AuditEntry {
  const printed = printRequest(request, mostPrinted);
  return { ...entry, content: { ...entry.content, request: printed } };
}

/** The last event, or the error, waits until the outcome is durable. */
function onEnd(reply: Reply, outcome: Outcome): Reply {
  const events = mapEvents(reply.events, {
    event(event) {
      outcome.see(event);
      return event.case === "completed"
        ? outcome.answered(event.value, reply).then(() => event)
        : event;
    },
    error: (error) => outcome.failed(error).then(() => error),
  });
  const end = () => outcome.abandoned();
  return { ...reply, events: tapEvents(events, { end }) };
}
