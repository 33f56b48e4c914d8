import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { type AuditOptions, audit } from "../../../server/audit/audit.ts";
import type { AuditEntry } from "../../../server/core/audit-log.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { ScreenedCall } from "../../../server/core/screened-call.ts";
import { sampleCall } from "../../fakes/calls.ts";
import { completedEvent, textEvent } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { createRecordedAuditLog, type RecordedAuditLog } from "../../fakes/recorded-audit-log.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

/** A call as policies left it; none looks for personal data. */
export const screened = (change: Partial<ScreenedCall> = {}): ScreenedCall => ({
  ...sampleCall(),
  screening: undefined,
  ...change,
});

/** The layer over a model by a script. */
export function stage(answer: Answer, change: Partial<AuditOptions> = {}) {
  const log = createRecordedAuditLog();
  const clock = createManualClock();
  const model = scriptedHandler<ScreenedCall>(answer);
  const options = { log, clock, configuration: "c0ffee", bodies: false, ...change };
  return { log, clock, model, handle: audit(options).wrap(model.handle) };
}

/** An answer, "Paris." in two pieces. */
export const good = () => scriptedReply(textEvent("Par"), textEvent("is."), completedEvent());
/** What the log was told, and how. */
export const kinds = ({ told }: RecordedAuditLog) =>
  told.map(({ how, entry }) => `${how} ${entry.kind}`);
/** An error of a provider. */
export const busy = new GatewayError(
  Code.Unavailable,
  ErrorReason.PROVIDER_UNAVAILABLE,
  "It is away.",
);
/** What an HMAC is over. */
export const textHash = (text: string) => hash("sha256", text, "buffer");

/** The last entry that the log was told. */
export function lastOf({ told }: RecordedAuditLog): AuditEntry {
  const entry = told.at(-1)?.entry;
  assert.ok(entry);
  return entry;
}

/** What an entry says, as JSON has it. */
// biome-ignore lint/suspicious/noExplicitAny: contents are looked into by name
export const contentOf = (entry: AuditEntry) => JSON.parse(JSON.stringify(entry.content)) as any;
/** The last outcome's result, as JSON has it. */
export const resultOf = (log: RecordedAuditLog) => contentOf(lastOf(log)).result;
