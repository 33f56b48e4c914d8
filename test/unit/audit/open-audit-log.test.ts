import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { headHash } from "../../../server/audit/chain/hashes.ts";
import type { OpenAuditLog } from "../../../server/audit/open-audit-log.ts";
import { verifyLog } from "../../../server/audit/verifying/verify-log.ts";
import type { AuditEntry } from "../../../server/core/audit-log.ts";
import { GatewayError } from "../../../server/core/error.ts";
import {
  auditEntry,
  auditWorld,
  testMasterKey,
  testSigner,
  turns,
} from "../../fakes/audit-world.ts";
import { isSettled } from "../../fakes/outcomes.ts";

const outage = new Error("The disk is full.");
const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
const intent = (at: number) => auditEntry({ requestId: idOf(at) });
const outcome = (at: number): AuditEntry => ({ ...intent(at), kind: "outcome" });

const refused = (promise: Promise<void>) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof GatewayError, String(error));
    assert.equal(error.reason, ErrorReason.AUDIT_UNAVAILABLE);
    return true;
  });

/** Kinds and requests of a log, in order, without what it says of itself. */
async function told({ read }: Pick<ReturnType<typeof auditWorld>, "read">) {
  const own = new Set(["start", "key", "checkpoint"]);
  return (await read())
    .filter(({ kind }) => !own.has(kind))
    .map(({ kind, requestId }) => `${kind} ${Number(requestId.slice(-12))}`);
}

describe("an audit log that is opened", () => {
  it("begins a chain of its own, with what it is written and signed with, and the heads before it", async () => {
    const world = auditWorld();
    const first = await world.open();
    await world.done(first.intend(intent(1)));
    await world.end(first);
    const second = await world.open();
    await world.end(second);
    assert.notEqual(second.writer, first.writer);
    const starts = (await world.read())
      .filter(({ kind }) => kind === "start")
      .sort((a) => (a.position.writer === first.writer ? -1 : 1));
    const last = world.store.rows.heads.findLast(({ writer }) => writer === first.writer);
    assert.ok(last);
    assert.deepEqual(
      starts.map(({ content, position, keyNumber }) => [position.writer, keyNumber, content]),
      [
        { writer: first.writer, heads: [] },
        {
          writer: second.writer,
          heads: [
            {
              writer: first.writer,
              number: last.number,
              hash: headHash(last.bytes).toString("hex"),
            },
          ],
        },
      ].map(({ writer, heads }) => [
        writer,
        0,
        {
          version: "1.2.3",
          mode: "compliance",
          masterKey: testMasterKey.id,
          signer: { keyId: testSigner.keyId, algorithm: "Ed25519" },
          publicKey: testSigner.publicKey.toString("base64"),
          heads,
        },
      ]),
    );
  });

  it("is not open when its first record cannot be written, and leaves nothing behind", async () => {
    const world = auditWorld();
    world.store.failWith = outage;
    await refused(world.open().then(() => {}));
    assert.equal(world.clock.armed, 0);
  });

  it("encrypts entries with a key of their tenant, and says nothing of them in what anybody may read", async () => {
    const world = auditWorld();
    const audit = await world.open();
    const entries = ["a", "b", ""].map((tenant) =>
      auditEntry({ tenant, content: { said: `secret of ${tenant}` } }),
    );
    await world.done(Promise.all(entries.map((entry) => audit.intend(entry))));
    await world.end(audit);
    const intents = (await world.read()).filter(({ kind }) => kind === "intent");
    assert.deepEqual(
      intents.map(({ tenant, content }) => [tenant, content]),
      entries.map(({ tenant, content }) => [tenant, content]),
    );
    assert.equal(new Set(intents.map(({ keyNumber }) => keyNumber)).size, 3);
    const { records, keys, heads } = world.store.rows;
    for (const { bytes } of [...records, ...keys, ...heads]) {
      assert.ok(!bytes.includes("secret"));
    }
  });

  it("writes down HMACs of texts that are the same for one tenant of a segment, and only there", async () => {
    const world = auditWorld();
    const audit = await world.open();
    const hmacOf = { prompt: Buffer.alloc(32, 1), answer: Buffer.alloc(32, 2) };
    for (const tenant of ["a", "a", "b"]) {
      await world.done(audit.intend(auditEntry({ tenant, hmacOf })));
    }
    await world.end(audit);
    const hmacs = (await world.read()).flatMap(({ kind, content }) =>
      kind === "intent" ? [content?.hmac as Record<string, string>] : [],
    );
    const [first, second, other] = hmacs;
    assert.deepEqual(Object.keys(first ?? {}), ["prompt", "answer"]);
    assert.deepEqual(second, first);
    assert.notEqual(first?.prompt, first?.answer);
    assert.notEqual(other?.prompt, first?.prompt);
    for (const hmac of hmacs.flatMap((each) => Object.values(each))) {
      assert.match(hmac, /^[0-9a-f]{64}$/);
      assert.ok(!Object.values(hmacOf).some((digest) => digest.toString("hex") === hmac));
    }
  });
});

/** Fails its store while something is asked of it, and mends it then. */
async function whileFailing(
  world: ReturnType<typeof auditWorld>,
  ask: () => Promise<unknown>,
): Promise<void> {
  world.store.failWith = outage;
  await ask();
  world.store.failWith = undefined;
  for (let step = 0; step < 10; step++) {
    world.clock.advance(50);
    await turns();
  }
}

describe("an audit log in compliance mode", () => {
  it("says that a thing is on record when it is durable", async () => {
    const world = auditWorld();
    const audit = await world.open();
    await world.done(audit.intend(intent(1)));
    assert.deepEqual(await told(world), ["intent 1"]);
    assert.deepEqual(audit.state, { mode: "compliance", isFailing: false, waiting: 0 });
    await world.end(audit);
  });

  it("refuses what is intended while the store fails, writes later what has happened, and says so", async () => {
    const world = auditWorld();
    const audit = await world.open();
    await whileFailing(world, async () => {
      await refused(world.done(audit.record(outcome(1))));
      assert.equal(audit.state.isFailing, true);
      await refused(audit.intend(intent(2)));
      assert.equal(audit.state.waiting, 1);
    });
    assert.deepEqual(audit.state, { mode: "compliance", isFailing: false, waiting: 0 });
    await world.done(audit.intend(intent(3)));
    assert.deepEqual(await told(world), ["outcome 1", "intent 3"]);
    await world.end(audit);
    assert.equal((await verifyLog(world)).isWhole, true);
  });

  it("writes what is good to know when there is room for it, and never lets it fail anybody", async () => {
    const world = auditWorld({ mostWaiting: 4 });
    const audit = await world.open();
    await whileFailing(world, async () => {
      await refused(world.done(audit.record(outcome(1))));
      for (let at = 2; at < 10; at++) audit.note(outcome(at));
      await turns();
    });
    assert.deepEqual(await told(world), ["outcome 1", "outcome 2"], "half of what may wait");
    await world.end(audit);
    audit.note(outcome(11));
    await turns();
  });
});

describe("an audit log in performance mode", () => {
  const mode = "performance";

  it("lets things happen while their records are on their way", async () => {
    const world = auditWorld({ mode });
    const audit = await world.open();
    assert.equal(await isSettled(audit.intend(intent(1))), true);
    await audit.record(outcome(1));
    await world.end(audit);
    assert.deepEqual(await told(world), ["intent 1", "outcome 1"]);
  });

  it("goes on while the store fails until too much waits, then refuses, and loses nothing", async () => {
    const world = auditWorld({ mode, mostWaiting: 6 });
    const audit = await world.open();
    const intended: number[] = [];
    let refusals = 0;
    await whileFailing(world, async () => {
      for (let at = 1; at <= 10; at++) {
        try {
          await audit.intend(intent(at));
          intended.push(at);
          world.clock.advance(5);
        } catch {
          refusals += 1;
        }
        await turns();
      }
      // What was let in may still end.
      for (const at of intended) await audit.record(outcome(at));
      assert.deepEqual(audit.state, { mode, isFailing: true, waiting: 12 });
    });
    assert.deepEqual([intended.length, refusals], [6, 4]);
    assert.deepEqual(audit.state, { mode, isFailing: false, waiting: 0 });
    const expected = [
      ...intended.map((at) => `intent ${at}`),
      ...intended.map((at) => `outcome ${at}`),
    ];
    assert.deepEqual(await told(world), expected);
    await world.done(audit.intend(intent(11)));
    await world.end(audit);
    assert.equal((await verifyLog(world)).isWhole, true);
  });

  it("writes what waits when it ends", async () => {
    const world = auditWorld({ mode });
    const audit: OpenAuditLog = await world.open();
    for (let at = 1; at <= 300; at++) await audit.record(outcome(at));
    await world.end(audit);
    assert.equal((await told(world)).length, 300);
    assert.equal((await verifyLog(world)).counts.unsigned, 0);
  });

  it("signs all of it when it ends, even when too much waits for anybody to ask", async () => {
    const world = auditWorld({ mode, mostWaiting: 10 });
    const audit = await world.open();
    for (let at = 1; at <= 30; at++) await audit.record(outcome(at));
    await world.end(audit);
    const { isWhole, counts } = await verifyLog(world);
    assert.deepEqual([isWhole, counts.unsigned], [true, 0]);
  });
});
