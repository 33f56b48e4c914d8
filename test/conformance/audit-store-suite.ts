import { after, before, describe } from "node:test";
import type { AuditStore } from "../../server/core/audit-store.ts";
import { appending } from "./audit-store/appending.ts";
import { finding } from "./audit-store/finding.ts";
import { leaving } from "./audit-store/leaving.ts";
import { type AuditStoreStage, auditStoreWords } from "./audit-store/words.ts";

/** Opens a store, always the same one. */
export type OpenAuditStore = () => Promise<AuditStore>;

/** What every store of the audit log claims: the exported suite of the interface `AuditStore`. */
export function auditStoreSuite(name: string, prepare: () => Promise<OpenAuditStore>): void {
  describe(`the audit log in ${name}`, () => {
    let stage: AuditStoreStage;
    before(async () => {
      stage = await openStage(await prepare());
    });
    after(() => stage?.store.close());

    const words = auditStoreWords(() => stage);
    appending(words);
    finding(words);
    leaving(words);
  });
}

async function openStage(open: OpenAuditStore): Promise<AuditStoreStage> {
  let store = await open();
  return {
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = await open();
    },
  };
}
