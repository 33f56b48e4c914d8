import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import {
  type InclusionProof,
  InvalidProofError,
  verifyInclusionProof,
} from "../../../client/sdk/node.ts";
import { proveInclusion } from "../../../server/audit/reading/inclusion-proof.ts";
import { testSigner } from "../../fakes/audit-world.ts";
import { createMemoryAuditStore } from "../../fakes/memory-audit-store.ts";
import { writeAuditLog } from "../../fakes/written-audit-log.ts";

type Change = (proof: InclusionProof, other: InclusionProof) => Partial<InclusionProof>;

const stranger = generateKeyPairSync("ed25519");
const derOf = (key: KeyObject) => key.export({ type: "spki", format: "der" });

/** The SDK's own reading of the forms, against a log that the gateway's code wrote. */
describe("a proof of inclusion, checked by the SDK", () => {
  const proofs: InclusionProof[] = [];
  before(async () => {
    const store = createMemoryAuditStore();
    await writeAuditLog(store);
    for (const record of store.rows.records) {
      const proof = await proveInclusion(store, record).catch(() => undefined);
      if (!proof) continue;
      const numbers = { leafIndex: BigInt(proof.leafIndex), treeSize: BigInt(proof.treeSize) };
      const lists = { auditPath: [...proof.auditPath], followingHeads: [...proof.followingHeads] };
      proofs.push({ ...proof, ...numbers, ...lists });
    }
    assert.ok(proofs.length > 50, "almost all records are signed");
  });

  it("holds for every record that is signed, with the key that signed it", () => {
    for (const proof of proofs) {
      const { isTrusted, sequence } = verifyInclusionProof(proof, testSigner.publicKey);
      assert.ok(isTrusted && sequence > 0);
      assert.equal(verifyInclusionProof(proof).isTrusted, false);
    }
    const followed = proofs.filter(({ followingHeads }) => followingHeads.length > 0);
    assert.ok(followed.length > 10, "some heads lie between a record and its signature");
  });

  it("does not hold with another key", () => {
    const [proof] = proofs;
    assert.ok(proof);
    assert.throws(() => verifyInclusionProof(proof, derOf(stranger.publicKey)), {
      name: "InvalidProofError",
      message: /another key/,
    });
  });

  it("does not hold when any byte of it is another", () => {
    const parts = ["record", "head", "checkpoint", "signature", "publicKey"] as const;
    const place = fc.record({
      at: fc.nat(1_000_000),
      part: fc.nat(99),
      offset: fc.nat(1_000_000),
      bit: fc.nat(7),
    });
    const flipped = (bytes: Uint8Array, offset: number, bit: number) => {
      const changed = Uint8Array.from(bytes);
      const at = offset % changed.length;
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      return changed;
    };
    fc.assert(
      fc.property(place, ({ at, part, offset, bit }) => {
        const proof = proofs[at % proofs.length];
        assert.ok(proof);
        const lists = ["auditPath", "followingHeads"] as const;
        const named = [...parts, ...lists.filter((list) => proof[list].length > 0)];
        const name = named[part % named.length] ?? "record";
        const value = proof[name];
        const changed = Array.isArray(value)
          ? value.map((bytes, index) =>
              index === at % value.length ? flipped(bytes, offset, bit) : bytes,
            )
          : flipped(value, offset, bit);
        assert.throws(
          () => verifyInclusionProof({ ...proof, [name]: changed }, testSigner.publicKey),
          InvalidProofError,
          name,
        );
      }),
      { numRuns: 400 },
    );
  });

  const changes: readonly (readonly [string, RegExp, Change])[] = [
    ["another record", /does not stand|another chain|do not lead/, (_, { record }) => ({ record })],
    ["no record", /record has another form/, () => ({ record: new Uint8Array() })],
    ["another place", /does not stand/, ({ leafIndex }) => ({ leafIndex: leafIndex + 1n })],
    ["a place before the first", /does not stand/, () => ({ leafIndex: -1n })],
    ["another size", /does not stand/, ({ treeSize }) => ({ treeSize: treeSize + 1n })],
    [
      "a path that is too short",
      /do not lead/,
      ({ auditPath }) => ({ auditPath: auditPath.slice(1) }),
    ],
    [
      "a path that is too long",
      /do not lead/,
      ({ auditPath }) => ({ auditPath: [...auditPath, new Uint8Array(32)] }),
    ],
    ["a head that is none", /head has another form/, () => ({ head: new Uint8Array(112) })],
    ["a head left out", /does not name/, () => ({ followingHeads: [] })],
    [
      "a head that comes twice",
      /does not follow/,
      ({ followingHeads: [first = new Uint8Array()] }) => ({ followingHeads: [first, first] }),
    ],
    [
      "a following head that is none",
      /following head/,
      () => ({ followingHeads: [new Uint8Array(9)] }),
    ],
    ["another text", /another form/, () => ({ checkpoint: Buffer.from("hello\n1\n") })],
    ["an unknown algorithm", /none of RSA/, () => ({ algorithm: "RSA" })],
    ["no algorithm", /none of an algorithm/, () => ({ algorithm: "" })],
    ["another algorithm's key", /none of ECDSA/, () => ({ algorithm: "ECDSA-P256-SHA256" })],
    ["no signature", /does not fit/, () => ({ signature: new Uint8Array() })],
    ["no key", /cannot be read/, () => ({ publicKey: new Uint8Array() })],
  ];
  for (const [about, message, change] of changes) {
    it(`does not hold with ${about}, and says so`, () => {
      const proof = proofs.find(
        ({ followingHeads, auditPath }) => followingHeads.length > 0 && auditPath.length > 1,
      );
      const other = proofs.at(-1);
      assert.ok(proof && other);
      const changed = { ...proof, ...change(proof, other) };
      assert.throws(() => verifyInclusionProof(changed), { name: "InvalidProofError", message });
    });
  }

  it("is not trusted for having been signed by whoever made it up", () => {
    const [proof] = proofs;
    assert.ok(proof);
    const signature = sign(null, proof.checkpoint, stranger.privateKey);
    const forged = { ...proof, signature, publicKey: derOf(stranger.publicKey) };
    assert.equal(verifyInclusionProof(forged).isTrusted, false);
    assert.throws(() => verifyInclusionProof(forged, testSigner.publicKey), /another key/);
  });

  it("holds with a signature of ECDSA, as AWS KMS makes them", () => {
    const [proof] = proofs;
    assert.ok(proof);
    const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const signed = {
      ...proof,
      algorithm: "ECDSA-P256-SHA256",
      publicKey: derOf(pair.publicKey),
      signature: sign("sha256", proof.checkpoint, pair.privateKey),
    };
    assert.ok(verifyInclusionProof(signed, derOf(pair.publicKey)).isTrusted);
    const larger = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    const other = { ...signed, publicKey: derOf(larger.publicKey) };
    assert.throws(() => verifyInclusionProof(other), /none of ECDSA-P256-SHA256/);
  });
});
