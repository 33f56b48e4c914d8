import { randomUUID } from "node:crypto";
import { openAuditLog } from "../../server/audit/open-audit-log.ts";
import type { AuditStore } from "../../server/core/audit-store.ts";
import { systemClock } from "../../server/core/clock.ts";
import { testMasterKey, testSigner } from "./audit-world.ts";
import { createRecordingLog } from "./recording-log.ts";

/** Lets gateways, so many after each other, write an audit log of several segments, tenants and batches of all sizes. */
export async function writeAuditLog(
  store: AuditStore,
  { gateways = 2, rounds = 7, mostInSegment = 14 } = {},
): Promise<void> {
  for (let gateway = 0; gateway < gateways; gateway++) {
    const audit = await openAuditLog({
      store,
      masterKey: testMasterKey,
      signer: testSigner,
      mode: "compliance",
      version: "1",
      clock: systemClock,
      log: createRecordingLog(),
      mostInSegment,
    });
    for (let round = 0; round < rounds; round++) {
      const calls = Array.from({ length: 1 + (round % 4) }, async () => {
        const about = { requestId: randomUUID(), tenant: `t${round % 3}`, content: { round } };
        await audit.intend({ ...about, kind: "intent", hmacOf: { prompt: Buffer.alloc(32) } });
        await audit.record({ ...about, kind: "outcome" });
      });
      await Promise.all(calls);
    }
    await audit.close();
  }
}
