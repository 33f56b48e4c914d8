import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { authenticateBy, authenticateNobody } from "../../../server/edge/authenticate.ts";
import type { RingKey } from "../../../server/edge/keys/key-ring.ts";
import { newSecret } from "../../../server/edge/keys/secret.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { refusalOf } from "../../fakes/outcomes.ts";

const longest = "k".repeat(4096);
const keys = { first: "first-license-key", second: "second-license-key", long: longest };
const configured = Object.entries(keys).map(([name, key]) => ({ name, sha256: sha256Of(key) }));
const clock = createManualClock();
const noRing = { generation: 1, find: () => undefined };
const authenticate = authenticateBy({ configured, ring: noRing, clock });

function sha256Of(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

describe("authenticateBy", () => {
  for (const [authorization, name] of [
    ["Bearer first-license-key", "first"],
    ["Bearer second-license-key", "second"],
    ["bearer first-license-key", "first"],
    ["BEARER   first-license-key  ", "first"],
    [`Bearer ${longest}`, "long"],
  ] as const) {
    it(`knows the holder of ${authorization.slice(0, 40)}`, () => {
      const key = keys[name];
      const keyId = sha256Of(key).toString("hex").slice(0, 16);
      assert.deepEqual(authenticate(authorization), { name, keyId });
    });
  }

  const { MISSING_LICENSE_KEY: missing, INVALID_LICENSE_KEY: invalid } = ErrorReason;
  for (const [about, authorization, reason] of [
    ["no header", undefined, missing],
    ["an empty header", "", missing],
    ["a scheme without a key", "Bearer ", missing],
    ["another scheme", "Basic first-license-key", missing],
    ["a key without its scheme", "first-license-key", missing],
    ["a key in two words", "Bearer first-license-key second-license-key", missing],
    ["an unknown key", "Bearer third-license-key", invalid],
    ["a key in another case", "Bearer First-License-Key", invalid],
    ["the beginning of a key", "Bearer first-license-ke", invalid],
    ["a key and a little more", "Bearer first-license-keys", invalid],
    ["a huge key that begins with a good one", `Bearer ${longest}k`, invalid],
    ["a huge header", `Bearer ${"x".repeat(10_000_000)}`, invalid],
  ] as const) {
    it(`refuses ${about}, and does not repeat it`, async () => {
      const error = await refusalOf(() => authenticate(authorization));
      assert.equal(error.code, Code.Unauthenticated);
      assert.equal(error.reason, reason);
      assert.doesNotMatch(error.message, /-license-key|kkk|xxx/);
    });
  }

  it("lets nobody in when there are no keys", async () => {
    const error = await refusalOf(() => {
      return authenticateBy({ configured: [], ring: noRing, clock })("Bearer first-license-key");
    });
    assert.equal(error.reason, invalid);
  });
});

describe("the keys of a store", () => {
  const { secret, sha256 } = newSecret();
  const principal = { name: "made", tenant: "acme" };
  /** A ring of one key, which can be changed. */
  function ringOf(endEpochMs?: number) {
    const ring = { generation: 1, key: { principal, endEpochMs } as RingKey | undefined };
    const find = (wanted: Buffer) => (wanted.equals(sha256) ? ring.key : undefined);
    return Object.assign(ring, { find });
  }
  const ask = (ring: ReturnType<typeof ringOf>, clock = createManualClock()) => {
    const authenticate = authenticateBy({ configured, ring, clock });
    return () => authenticate(`Bearer ${secret}`);
  };

  it("let their holders in beside those of the configuration", () => {
    const knock = ask(ringOf());
    assert.deepEqual([knock(), knock()], [principal, principal]);
    assert.equal(authenticate("Bearer first-license-key").name, "first");
  });

  it("let nobody in any more once they have ended, even those who were let in before", async () => {
    const clock = createManualClock();
    const knock = ask(ringOf(clock.epochMs() + 1000), clock);
    clock.advance(999);
    assert.equal(knock(), principal);
    clock.advance(1);
    const error = await refusalOf(knock);
    assert.equal(error.reason, ErrorReason.INVALID_LICENSE_KEY);
    assert.match(error.message, /made was revoked/);
  });

  it("are forgotten as soon as the ring is another", async () => {
    const ring = ringOf();
    const knock = ask(ring);
    assert.equal(knock(), principal);
    ring.key = undefined;
    ring.generation += 1;
    assert.equal((await refusalOf(knock)).reason, ErrorReason.INVALID_LICENSE_KEY);
  });

  for (const [about, damaged] of [
    ["cut", secret.slice(0, -1)],
    ["changed in one character", secret.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
    ["longer", `${secret}x`],
  ] as const) {
    it(`say so when they are ${about}, and do not repeat it`, async () => {
      const error = await refusalOf(() => authenticate(`Bearer ${damaged}`));
      assert.equal(error.reason, ErrorReason.INVALID_LICENSE_KEY);
      assert.match(error.message, /not whole/);
      assert.ok(!error.message.includes(damaged.slice(4, 20)));
    });
  }
});

describe("authenticateNobody", () => {
  it("calls everybody anonymous, key or not", () => {
    assert.deepEqual(authenticateNobody(undefined), { name: "anonymous" });
    assert.deepEqual(authenticateNobody("Bearer anything"), { name: "anonymous" });
  });
});
