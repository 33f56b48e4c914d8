import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { AuditRefused } from "../../../../server/audit/audit-refused.ts";
import { openLocalSigner } from "../../../../server/audit/keys/local-signer.ts";
import { dataDirectory } from "../../../fakes/data-directory.ts";

const pemFile = () => join(dataDirectory(), "audit-signing.pem");
const message = Buffer.from("what is signed");

describe("the audit log's signing key in a file", () => {
  it("is made when it is not there, for its owner alone, and is the same from then on", () => {
    const path = pemFile();
    const first = openLocalSigner(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.match(readFileSync(path, "utf8"), /^-----BEGIN PRIVATE KEY-----\n/);
    const second = openLocalSigner(path);
    assert.deepEqual([second.keyId, second.publicKey], [first.keyId, first.publicKey]);
    assert.match(first.keyId, /^local:[0-9a-f]{16}$/);
    assert.notEqual(openLocalSigner(pemFile()).keyId, first.keyId);
  });

  it("signs what anybody can check with the public key, and nothing else", async () => {
    const { sign, publicKey, algorithm } = openLocalSigner(pemFile());
    const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
    const signature = await sign(message);
    assert.equal(algorithm, "Ed25519");
    assert.equal(verify(null, message, key, signature), true);
    assert.equal(verify(null, Buffer.from("anything else"), key, signature), false);
  });

  it("may be one that its operator made", () => {
    const path = pemFile();
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }));
    const der = publicKey.export({ type: "spki", format: "der" });
    assert.deepEqual(openLocalSigner(path).publicKey, der);
  });

  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const edwards = generateKeyPairSync("ed25519");
  for (const [what, text] of [
    ["nothing", ""],
    ["no PEM", "this is no key"],
    ["a key of another kind", rsa.privateKey.export({ type: "pkcs8", format: "pem" })],
    ["only the public key", edwards.publicKey.export({ type: "spki", format: "pem" })],
  ] as const) {
    it(`is refused with what to do, and without what it is, where the file holds ${what}`, () => {
      const path = pemFile();
      writeFileSync(path, text);
      assert.throws(
        () => openLocalSigner(path),
        (error) => {
          assert.ok(error instanceof AuditRefused);
          assert.match(error.message, /^AXONFLOW_AUDIT_SIGNING_KEY_FILE: .*must hold an Ed25519/);
          assert.match(error.message, /openssl genpkey -algorithm ed25519/);
          assert.equal(error.message.includes("BEGIN"), false);
          assert.equal(error.cause, undefined, "what the parser says may hold some of it");
          return true;
        },
      );
    });
  }
});
