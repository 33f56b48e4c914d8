import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { verifyLog } from "../../../server/audit/verifying/verify-log.ts";
import { createMemoryAuditStore } from "../../fakes/memory-audit-store.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { writeAuditLog } from "../../fakes/written-audit-log.ts";
import { mutateRows } from "./mutate-rows.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const mutations = isLong ? 10_000 : 600;
const seed = Number(process.env.AXONFLOW_TEST_SEED ?? 1);

describe("an audit log of which somebody owns the disk", () => {
  const store = createMemoryAuditStore();
  before(() => writeAuditLog(store));

  it("is whole as it was written", async () => {
    const { isWhole, counts } = await verifyLog({ store });
    assert.ok(isWhole);
    assert.ok(counts.segments >= 4 && counts.checkpoints >= 2 && counts.keys > 8);
  });

  it(`has every one of ${mutations} changes to a row found, and named by the row`, async (t) => {
    const random = seededRandom(seed);
    const tried = new Map<string, number>();
    for (let mutation = 0; mutation < mutations; mutation++) {
      const { what, rows, isNamedBy } = mutateRows(store.rows, random);
      tried.set(what, (tried.get(what) ?? 0) + 1);
      const { problems } = await verifyLog({ store: createMemoryAuditStore(rows) });
      const about = `${what}, seed ${seed}, mutation ${mutation}`;
      assert.ok(problems.some(isNamedBy), `${about}: ${JSON.stringify(problems.slice(0, 3))}`);
    }
    t.diagnostic(JSON.stringify(Object.fromEntries([...tried].sort())));
    assert.ok(tried.size >= 25, "every way in every table");
  });
});
