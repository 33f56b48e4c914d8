import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Charge, Operation } from "../../../../server/storage/sqlite/thread/operation.ts";
import { type Packed, packBatch } from "../../../../server/storage/sqlite/thread/packed-batch.ts";
import { usageRecord } from "../../../fakes/usage-record.ts";

const settle = (id: string, costNanoUsd: bigint, charges: readonly Charge[]): Operation => ({
  kind: "settle",
  holdId: id,
  record: usageRecord({ id, costNanoUsd }),
  charges,
});
const unpacked = (operations: readonly Operation[]) => {
  const { text, rare } = packBatch({ number: 1, operations });
  return { packed: JSON.parse(text) as readonly Packed[], rare };
};

const amount = fc.bigInt({ min: 0n, max: 2n ** 62n });
const charge = fc.record({
  accountKey: fc.constantFrom("a", "b", '"', "1 a"),
  step: fc.nat({ max: 2 }),
  nanoUsd: fc.bigInt({ min: 0n, max: 2n ** 50n }),
});

describe("a batch on its way to the thread", () => {
  it("keeps the order, so that each result finds who asked", () => {
    const list: Operation = { kind: "list-keys" };
    const drop: Operation = { kind: "drop-hold", id: "dropped" };
    const row = { id: "held", grantedNanoUsd: 5n, expiresMs: 7.5, accountKeys: ['with "quotes"'] };
    const { packed, rare } = unpacked([list, { kind: "hold", row }, drop, settle("over", 3n, [])]);
    assert.deepEqual(rare, [list, drop]);
    const [first, hold, third, ended, ...more] = packed;
    assert.deepEqual([first, third, more], [0, 1, []]);
    assert.deepEqual(hold, ["hold", "held", "5", 8, '["with \\"quotes\\""]']);
    assert(Array.isArray(ended) && ended[0] === "settle" && ended[1] === "over");
  });

  it("keeps amounts that JSON's numbers cannot hold", () => {
    fc.assert(
      fc.property(amount, (cost) => {
        const [ended] = unpacked([settle("id", cost, [])]).packed;
        const columns = (ended as readonly unknown[])[2] as readonly unknown[];
        assert(columns.includes(String(cost)));
      }),
    );
  });

  it("charges each account and part once, with the sum of all", () => {
    fc.assert(
      fc.property(fc.array(fc.array(charge, { maxLength: 4 }), { maxLength: 20 }), (calls) => {
        const { packed } = unpacked(calls.map((charges, at) => settle(`call ${at}`, 0n, charges)));
        const sums = new Map<string, bigint>();
        for (const { accountKey, step, nanoUsd } of calls.flat()) {
          const place = JSON.stringify([accountKey, step]);
          sums.set(place, (sums.get(place) ?? 0n) + nanoUsd);
        }
        const charged = packed.slice(calls.length).map((one) => {
          assert(Array.isArray(one) && one[0] === "charge");
          return [JSON.stringify([one[1], one[2]]), BigInt(one[3] as string)] as const;
        });
        assert.equal(charged.length, sums.size);
        assert.deepEqual(new Map(charged), sums);
      }),
    );
  });
});
