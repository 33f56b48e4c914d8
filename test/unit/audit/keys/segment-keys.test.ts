import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MasterKey } from "../../../../server/audit/keys/master-key.ts";
import {
  createSegmentKeys,
  decodeWrapped,
  keyContext,
} from "../../../../server/audit/keys/segment-keys.ts";
import { testMasterKey } from "../../../fakes/audit-world.ts";

const writer = "00000000-0000-4000-8000-00000000000a";

/** A master key that counts what it is asked, and can be away. */
function countedKey() {
  const asked: string[] = [];
  let isAway = false;
  const masterKey: MasterKey = {
    ...testMasterKey,
    async generate(context) {
      asked.push(context.tenant);
      if (isAway) throw new Error("KMS is away");
      return testMasterKey.generate(context);
    },
  };
  return {
    asked,
    masterKey,
    setAway(away: boolean) {
      isAway = away;
    },
  };
}

const keysOf = (masterKey: MasterKey, segment = 3) =>
  createSegmentKeys({ masterKey, writer, segment });

describe("the data keys of a segment", () => {
  it("are one for each tenant, numbered from 1, bound to tenant and segment", async () => {
    const keys = keysOf(testMasterKey);
    const made = [await keys.obtain("a"), await keys.obtain(""), await keys.obtain("b")];
    assert.deepEqual(
      made.map(({ number, tenant }) => [number, tenant]),
      [
        [1, "a"],
        [2, ""],
        [3, "b"],
      ],
    );
    assert.deepEqual(keys.tenants, ["a", "", "b"]);
    for (const { number, tenant, key, stored } of made) {
      assert.deepEqual([stored.writer, stored.segment, stored.number], [writer, 3, number]);
      const wrapped = decodeWrapped(stored.bytes);
      assert.deepEqual([wrapped.tenant, wrapped.masterKey], [tenant, testMasterKey.id]);
      const context = { tenant: tenant || "-", segment: `${writer}/3` };
      assert.deepEqual(keyContext(writer, 3, tenant), context);
      assert.deepEqual(await testMasterKey.unwrap(wrapped.wrapped, context), key);
      assert.ok(!stored.bytes.includes(key), "not as it is");
      assert.ok(!stored.bytes.includes(key.toString("base64")));
    }
    assert.equal(new Set(made.map(({ key }) => key.toString("hex"))).size, 3);
    assert.equal(new Set(made.map(({ hmacKey }) => hmacKey.toString("hex"))).size, 3);
  });

  it("are asked for once, however many ask at the same time", async () => {
    const { masterKey, asked } = countedKey();
    const keys = keysOf(masterKey);
    assert.equal(keys.find("a"), undefined);
    const got = await Promise.all(Array.from({ length: 50 }, () => keys.obtain("a")));
    assert.deepEqual(asked, ["a"]);
    assert.equal(new Set(got).size, 1);
    assert.equal(keys.find("a"), got[0]);
    assert.equal(await keys.obtain("a"), got[0]);
  });

  it("are asked for again when the master key was away, and have no gaps in their numbers", async () => {
    const { masterKey, asked, setAway } = countedKey();
    const keys = keysOf(masterKey);
    setAway(true);
    const both = await Promise.allSettled([keys.obtain("a"), keys.obtain("a")]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.deepEqual([asked.length, keys.tenants, keys.takeNew()], [1, [], []]);
    setAway(false);
    assert.equal((await keys.obtain("a")).number, 1);
  });

  it("are taken once, to be written down", async () => {
    const keys = keysOf(testMasterKey);
    const [a, b] = [await keys.obtain("a"), await keys.obtain("b")];
    assert.deepEqual(keys.takeNew(), [a, b]);
    assert.deepEqual(keys.takeNew(), []);
    const c = await keys.obtain("c");
    assert.deepEqual(keys.takeNew(), [c]);
  });

  it("do not come back from bytes that are something else", () => {
    for (const text of ["", "null", "{"]) {
      assert.throws(() => decodeWrapped(Buffer.from(text)));
    }
  });
});
