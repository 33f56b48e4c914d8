import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, it } from "node:test";
import { openAuditLog } from "../../../../server/audit/open-audit-log.ts";
import type { AuditStore } from "../../../../server/core/audit-store.ts";
import { systemClock } from "../../../../server/core/clock.ts";
import { testMasterKey, testSigner } from "../../../fakes/audit-world.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";
import { copyFile, copyOf } from "./copied-log.ts";

describe("a copy that is made while gateways write", () => {
  const file = copyFile();
  after(() => file.remove());

  const openGateway = (store: AuditStore) =>
    openAuditLog({
      ...{ store, masterKey: testMasterKey, signer: testSigner, mode: "compliance", version: "1" },
      ...{ clock: systemClock, log: createRecordingLog(), mostInSegment: 12 },
    });

  it("is whole, though segments begin and end meanwhile", async () => {
    const store = createMemoryAuditStore();
    const gateways = await Promise.all([openGateway(store), openGateway(store)]);
    const write = async (calls: number) => {
      for (let call = 0; call < calls; call += 1) {
        const about = { requestId: randomUUID(), tenant: `t${call % 3}`, content: {} };
        for (const gateway of gateways) await gateway.intend({ ...about, kind: "intent" });
        for (const gateway of gateways) await gateway.record({ ...about, kind: "outcome" });
      }
    };
    await write(10);
    let written = 0;
    const writing = async <T>(answer: Promise<T>): Promise<T> => {
      if (written < 20) await write(7);
      written += 1;
      return answer;
    };
    const busy: AuditStore = {
      ...store,
      keys: (...about) => writing(store.keys(...about)),
      lastHeads: (limit) => writing(store.lastHeads(limit)),
    };
    const copy = await copyOf(busy, { fromEpochMs: 0, toEpochMs: systemClock.epochMs() + 1 });
    for (const gateway of gateways) await gateway.close();
    const { problems, counts } = await file.verify(copy);
    assert.deepEqual(problems, []);
    assert.ok(counts.records > 30 && written > 4);
  });
});
