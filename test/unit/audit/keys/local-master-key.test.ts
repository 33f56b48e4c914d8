import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { AuditRefused } from "../../../../server/audit/audit-refused.ts";
import {
  createLocalMasterKey,
  openLocalMasterKey,
} from "../../../../server/audit/keys/local-master-key.ts";
import { dataDirectory } from "../../../fakes/data-directory.ts";

const keyFile = () => join(dataDirectory(), "audit.key");
const context = { tenant: "a", segment: "writer/1" };

/** Made up: it guards nothing. */
const madeUp = "0123456789abcdef".repeat(4);

describe("the audit log's master key in a file", () => {
  it("is made when it is not there, for its owner alone, and is the same from then on", async () => {
    const path = keyFile();
    const before = process.umask(0);
    const first = openLocalMasterKey(path);
    process.umask(before);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.match(readFileSync(path, "utf8"), /^[0-9a-f]{64}\n$/);
    const { key, wrapped } = await first.generate(context);
    const second = openLocalMasterKey(path);
    assert.equal(second.id, first.id);
    assert.deepEqual(await second.unwrap(wrapped, context), key);
    assert.notEqual(openLocalMasterKey(keyFile()).id, first.id);
  });

  it("is made for its owner alone when the process's umask takes more away", () => {
    const path = keyFile();
    const before = process.umask(0o777);
    openLocalMasterKey(path);
    process.umask(before);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  for (const [what, text] of [
    ["in capitals", madeUp.toUpperCase()],
    ["without a line feed", madeUp],
    ["with blanks behind it", `${madeUp} \r\n`],
  ] as const) {
    it(`is read ${what}`, () => {
      const [path, other] = [keyFile(), keyFile()];
      writeFileSync(path, text);
      writeFileSync(other, `${madeUp}\n`);
      assert.equal(openLocalMasterKey(path).id, openLocalMasterKey(other).id);
    });
  }

  for (const [what, text] of [
    ["nothing", ""],
    ["too few digits", madeUp.slice(1)],
    ["too many digits", `${madeUp}0`],
    ["something else than digits", `z${madeUp.slice(1)}`],
    ["two keys", `${madeUp}\n${madeUp}\n`],
  ] as const) {
    it(`is refused with what to do, and without what it is, where the file holds ${what}`, () => {
      const path = keyFile();
      writeFileSync(path, text);
      assert.throws(
        () => openLocalMasterKey(path),
        (error) => {
          assert.ok(error instanceof AuditRefused);
          assert.match(error.message, /^AXONFLOW_AUDIT_KEY_FILE: .*audit\.key must hold 64 hex/);
          assert.match(error.message, /openssl rand -hex 32/);
          assert.doesNotMatch(error.message, /0123456789/);
          return true;
        },
      );
      assert.equal(readFileSync(path, "utf8"), text, "it is left as it was");
    });
  }

  it("is refused where it cannot be read or made", () => {
    const directory = dataDirectory();
    const folder = join(directory, "folder");
    mkdirSync(folder);
    for (const [path, code] of [
      [folder, "EISDIR"],
      [join(directory, "nowhere", "audit.key"), "ENOENT"],
    ] as const) {
      assert.throws(() => openLocalMasterKey(path), {
        name: "AuditRefused",
        message: `AXONFLOW_AUDIT_KEY_FILE: ${path} cannot be read or made (${code}).`,
      });
    }
  });

  it("is refused where others' rights stand in the way", {
    skip: process.getuid?.() === 0 && "nothing stands in root's way",
  }, () => {
    const path = keyFile();
    writeFileSync(path, madeUp);
    chmodSync(path, 0o000);
    assert.throws(() => openLocalMasterKey(path), /cannot be read or made \(EACCES\)/);
  });
});

describe("a data key", () => {
  const masterKey = createLocalMasterKey(Buffer.alloc(32, 1));
  const contexts = fc.record({ tenant: fc.string(), segment: fc.string() });

  it("is 32 bytes at random, and comes back from what it was wrapped in", async () => {
    const made = await Promise.all(Array.from({ length: 100 }, () => masterKey.generate(context)));
    assert.equal(new Set(made.map(({ key }) => key.toString("hex"))).size, 100);
    for (const { key, wrapped } of made) {
      assert.equal(key.length, 32);
      assert.deepEqual(await masterKey.unwrap(wrapped, context), key);
      assert.ok(!wrapped.includes(key));
    }
  });

  it("does not come back with another master key, for anything else, or from changed bytes", async () => {
    const other = createLocalMasterKey(Buffer.alloc(32, 2));
    await fc.assert(
      fc.asyncProperty(contexts, contexts, fc.nat(), async (own, wrong, seed) => {
        fc.pre(own.tenant !== wrong.tenant || own.segment !== wrong.segment);
        const { wrapped } = await masterKey.generate(own);
        const isRefused = /was not wrapped with local:[0-9a-f]{16}, or not for this segment/;
        await assert.rejects(other.unwrap(wrapped, own), isRefused);
        await assert.rejects(masterKey.unwrap(wrapped, wrong), isRefused);
        const at = seed % wrapped.length;
        const changed = Buffer.from(wrapped);
        changed[at] = (changed[at] ?? 0) ^ 1;
        await assert.rejects(masterKey.unwrap(changed, own), isRefused);
        await assert.rejects(masterKey.unwrap(wrapped.subarray(0, at), own), isRefused);
      }),
    );
  });
});
