import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { describe, it } from "node:test";
import { headHash } from "../../../../server/audit/chain/hashes.ts";
import type { Signer } from "../../../../server/audit/keys/signer.ts";
import type { OpenAuditLog } from "../../../../server/audit/open-audit-log.ts";
import { verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import {
  type CheckpointContent,
  checkpointText,
} from "../../../../server/audit/writing/checkpoint-text.ts";
import { auditEntry, auditWorld, testSigner, turns } from "../../../fakes/audit-world.ts";

const second = 1000;

/** A world whose time passes in small steps, so that whoever waits for it gets on. */
function steppedWorld(change: Parameters<typeof auditWorld>[0] = {}) {
  const world = auditWorld(change);
  const pass = async (byMs: number, stepMs = 50) => {
    for (let passedMs = 0; passedMs < byMs; passedMs += stepMs) {
      world.clock.advance(stepMs);
      await turns();
    }
  };
  const checkpoints = async () =>
    (await world.read())
      .filter(({ kind }) => kind === "checkpoint")
      .map(({ content }) => content as unknown as CheckpointContent);
  return { ...world, pass, checkpoints };
}

const write = async (audit: OpenAuditLog, pass: (byMs: number) => Promise<void>) => {
  const written = audit.intend(auditEntry());
  await pass(50);
  await written;
};

/** A signer that is away when it is told so. */
function movableSigner() {
  let isAway = false;
  const signer: Signer = {
    ...testSigner,
    sign: (message) =>
      isAway ? Promise.reject(new Error("KMS is away")) : testSigner.sign(message),
  };
  return {
    signer,
    setAway(away: boolean) {
      isAway = away;
    },
  };
}

describe("the text that a checkpoint signs", () => {
  it("is a line with its form, a line with the time, and a line for each head", () => {
    const heads = [
      { writer: "00000000-0000-4000-8000-00000000000a", number: 7, hash: "ab" },
      { writer: "00000000-0000-4000-8000-00000000000b", number: 9, hash: "cd" },
    ];
    assert.equal(
      checkpointText({ epochMs: 1_790_000_000_000, heads }).toString(),
      "axonflow-audit-checkpoint/1\n1790000000000\n" +
        "00000000-0000-4000-8000-00000000000a 7 ab\n00000000-0000-4000-8000-00000000000b 9 cd\n",
    );
  });
});

describe("the checkpoints of a chain", () => {
  it("are signed once a second, only when there is something new, and a checkpoint alone is not", async () => {
    const { open, pass, checkpoints, end } = steppedWorld();
    const audit = await open();
    assert.equal((await checkpoints()).length, 0);
    await pass(second);
    assert.equal((await checkpoints()).length, 1, "the chain's beginning");
    await pass(10 * second);
    assert.equal((await checkpoints()).length, 1, "nothing happened since");
    await write(audit, pass);
    await write(audit, pass);
    await pass(second);
    assert.equal((await checkpoints()).length, 2);
    await pass(10 * second);
    assert.equal((await checkpoints()).length, 2);
    await end(audit);
    assert.equal((await checkpoints()).length, 2, "all is signed when it ends");
  });

  it("are signed twice a day in any case, which shows that the gateway lives, and ends its days", async () => {
    const { open, pass, checkpoints, end, store, clock } = steppedWorld();
    const audit = await open();
    await pass(second);
    for (let half = 1; half <= 4; half++) {
      clock.advance(12 * 60 * 60 * second);
      await pass(2 * second);
      assert.equal((await checkpoints()).length, 1 + half);
    }
    assert.ok(store.rows.segments.length > 1, "an idle gateway's segment ends too");
    await end(audit);
  });

  it("sign the last head of their chain, so that anybody can check it with the public key", async () => {
    const { store, open, pass, checkpoints, end } = steppedWorld();
    const audit = await open();
    await write(audit, pass);
    await pass(second);
    const [checkpoint] = await checkpoints();
    assert.ok(checkpoint);
    const last = store.rows.heads.at(-2);
    assert.ok(last);
    const hash = headHash(last.bytes).toString("hex");
    assert.deepEqual(checkpoint.heads, [{ writer: audit.writer, number: last.number, hash }]);
    const key = createPublicKey({
      key: Buffer.from(checkpoint.publicKey, "base64"),
      format: "der",
      type: "spki",
    });
    const signature = Buffer.from(checkpoint.signature, "base64");
    assert.equal(checkpoint.algorithm, "Ed25519");
    assert.equal(checkpoint.keyId, testSigner.keyId);
    assert.equal(verify(null, checkpointText(checkpoint), key, signature), true);
    await end(audit);
  });

  it("sign once more when others were written in the same batch", async () => {
    const { open, pass, clock, checkpoints, end } = steppedWorld();
    const audit = await open();
    await pass(second);
    await write(audit, pass);
    // What is intended in the same turn as the checkpoint is stored with it.
    clock.advance(second - 50);
    const together = audit.intend(auditEntry());
    await pass(100);
    await together;
    const before = (await checkpoints()).length;
    await pass(second);
    assert.equal((await checkpoints()).length, before + 1);
    await pass(10 * second);
    assert.equal((await checkpoints()).length, before + 1);
    await end(audit);
  });

  it("hold the heads of other chains, which so cannot be taken away unseen", async () => {
    const world = steppedWorld();
    const other = await world.open();
    await write(other, world.pass);
    const audit = await world.open();
    await world.pass(second);
    const seen = (await world.checkpoints()).flatMap(({ heads }) => heads.slice(1));
    assert.ok(seen.some(({ writer }) => writer === other.writer));
    assert.ok(seen.some(({ writer }) => writer === audit.writer));
    await write(other, world.pass);
    await world.pass(2 * second);
    await world.end(other);
    await world.end(audit);
    const { rows } = world.store;
    for (const writer of [other.writer, audit.writer]) {
      const left = auditWorld().store;
      for (const table of ["records", "heads", "keys", "segments"] as const) {
        Object.assign(left.rows, {
          [table]: (rows[table] as { writer: string }[]).filter((row) => row.writer !== writer),
        });
      }
      const { isWhole, problems } = await verifyLog({ store: left });
      assert.equal(isWhole, false);
      assert.ok(
        problems.every((problem) => problem.writer === writer && problem.kind === "missing"),
      );
    }
  });

  it("go elsewhere too, where the operator wants them", async () => {
    const taken: CheckpointContent[] = [];
    const { open, pass, checkpoints, end } = steppedWorld({
      onCheckpoint: (checkpoint) => void taken.push(checkpoint),
    });
    const audit = await open();
    await pass(second);
    await write(audit, pass);
    await end(audit);
    assert.equal(taken.length, 2);
    assert.deepEqual(taken, await checkpoints());
  });

  it("are made when the signing key is back; that it was away is said once", async () => {
    const { signer, setAway } = movableSigner();
    const { open, pass, checkpoints, end, log } = steppedWorld({ signer });
    const audit = await open();
    setAway(true);
    await write(audit, pass);
    await pass(5 * second);
    assert.equal((await checkpoints()).length, 0);
    assert.deepEqual(
      log.lines.map(({ level, message }) => `${level}: ${message}`),
      ["error: the audit log's head could not be signed"],
    );
    setAway(false);
    await pass(second);
    assert.equal((await checkpoints()).length, 1);
    await end(audit);
  });

  it("of a chain that cannot be signed at its end are missed in the log, and what was written stays", async () => {
    const { signer, setAway } = movableSigner();
    const { open, pass, end, log, store } = steppedWorld({ signer });
    const audit = await open();
    await write(audit, pass);
    setAway(true);
    await end(audit);
    assert.equal(log.lines.at(-1)?.message, "the audit log's last head could not be signed");
    const { isWhole, counts } = await verifyLog({ store });
    assert.deepEqual([isWhole, counts.checkpoints, counts.unsigned], [true, 0, counts.records]);
  });

  it("leave no timer behind", async () => {
    const { open, pass, clock, end } = steppedWorld();
    const audit = await open();
    await write(audit, pass);
    await pass(3 * second);
    const armed = clock.armed;
    assert.equal(armed, 1, "the next signature's");
    await end(audit);
    assert.equal(clock.armed, 0);
  });
});
