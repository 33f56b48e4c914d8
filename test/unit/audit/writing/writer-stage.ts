import assert from "node:assert/strict";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import { createAuditWriter } from "../../../../server/audit/writing/audit-writer.ts";
import type { AuditWriterOptions, TenantDraft } from "../../../../server/audit/writing/waiting.ts";
import type { AuditStore } from "../../../../server/core/audit-store.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import { readLog, testMasterKey, turns } from "../../../fakes/audit-world.ts";
import { createHeldAuditStore } from "../../../fakes/held-audit-store.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { isSettled } from "../../../fakes/outcomes.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";

/** The chain. */
export const writer = "00000000-0000-4000-8000-00000000000a";
/** How long somebody waits for a record, and after what time a store that failed is tried again. */
export const waitMs = 2000;
export const retryMs = 250;
const gatherMs = 4;

/** Something to be written down. */
export function draft(said: string | number, tenant: string | undefined = undefined): TenantDraft {
  const text = JSON.stringify({ said });
  return { kind: "change", requestId: "", tenant, text };
}

/** A writer over a store. */
export function stageOver<Store extends AuditStore>(
  store: Store,
  change: Partial<AuditWriterOptions> = {},
  clock = createManualClock(),
) {
  const log = createRecordingLog();
  const chain = createAuditWriter({
    writer,
    store,
    clock,
    log,
    masterKey: testMasterKey,
    waitMs,
    mostWaiting: 1000,
    mostInSegment: 1000,
    ...change,
  });
  return {
    store,
    clock,
    log,
    chain,
    /** Asks, and lets as little time pass as it takes. */
    async ask(said: TenantDraft) {
      const asked = chain.ask(said);
      asked.catch(() => {});
      for (let waitedMs = 0; waitedMs < 20; waitedMs++) {
        if (await isSettled(asked)) break;
        clock.advance(1);
        await turns(2);
      }
      await asked;
    },
    /** Right after a batch, the next one gathers for a moment. */
    async gather() {
      clock.advance(gatherMs);
      await turns();
    },
    /** What was said, in the order of the log. */
    async said() {
      const records = await readLog(store, testMasterKey);
      return records.flatMap(({ content }) => content?.said ?? []);
    },
    async close() {
      await chain.close();
      assert.equal(clock.armed, 0, "no timer is left");
      const { isWhole, problems } = await verifyLog({ store });
      assert.ok(isWhole, JSON.stringify(problems));
    },
  };
}

/** Over a store that a test answers by hand. */
export const held = (change?: Partial<AuditWriterOptions>) =>
  stageOver(createHeldAuditStore(), change);
/** Over one that takes everything. */
export const quick = (change?: Partial<AuditWriterOptions>) =>
  stageOver(createMemoryAuditStore(), change);

function isUnavailable(error: unknown): true {
  assert.ok(error instanceof GatewayError, String(error));
  assert.equal(error.reason, ErrorReason.AUDIT_UNAVAILABLE);
  assert.ok(error.retryAfterMs, "it says when to ask again");
  return true;
}
/** Rejects with AUDIT_UNAVAILABLE. */
export const refused = (promise: Promise<void>) => assert.rejects(promise, isUnavailable);
