import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { everyGrant, type KeyStoreWords } from "./words.ts";

/** How keys end, and how others take their place. */
export function ending(words: KeyStoreWords): void {
  const { record, created, found, successorOf, warmUp, isRefused } = words;

  it("end when they are told to; an earlier end stays", async () => {
    const key = await created();
    const end = words.stage.epochMs() + 60_000;
    const ends = async (at: number) => (await words.stage.keys.revoke(key.id, at)).revokedEpochMs;
    assert.equal(await ends(end), end);
    assert.equal(await ends(end + 1), end);
    assert.equal(await ends(end), end);
    assert.equal(await ends(end - 1), end - 1);
    assert.deepEqual(await found(key), { ...key, revokedEpochMs: end - 1 });
  });

  for (const id of [randomUUID(), "no uuid", "", "'; --", "\0", "\ud800", "9".repeat(5000)]) {
    it(`are not found by ${JSON.stringify(id.slice(0, 40))}`, async () => {
      await isRefused(
        words.stage.keys.revoke(id, words.stage.epochMs()),
        ErrorReason.KEY_NOT_FOUND,
      );
      const successor = record();
      const rotation = words.stage.keys.rotate(id, successor, words.stage.epochMs());
      await isRefused(rotation, ErrorReason.KEY_NOT_FOUND);
      assert.equal(await found(successor), undefined);
    });
  }

  it("give their place to another, and hold until their end", async () => {
    const old = await created({ tenant: "acme", grants: everyGrant });
    const next = successorOf(old, { grants: everyGrant });
    const end = words.stage.epochMs() + 60_000;
    const ending = { ...old, revokedEpochMs: end, replacedBy: next.id };
    assert.deepEqual(await words.stage.keys.rotate(old.id, next, end), ending);
    assert.deepEqual(await found(old), ending);
    assert.deepEqual(await found(next), next);
    const third = record({ name: old.name });
    await isRefused(words.stage.keys.create(third), ErrorReason.KEY_NAME_TAKEN);
    // Sooner, when it has leaked: who took its place is still known.
    const sooner = { ...ending, revokedEpochMs: end - 1 };
    assert.deepEqual(await words.stage.keys.revoke(old.id, end - 1), sooner);
  });

  for (const [what, at] of [
    ["has ended", -1],
    ["will end", 60_000],
  ] as const) {
    it(`do not change their place when one ${what}`, async () => {
      const old = await created();
      const ended = await words.stage.keys.revoke(old.id, words.stage.epochMs() + at);
      const next = successorOf(old);
      const rotation = words.stage.keys.rotate(old.id, next, words.stage.epochMs() + 120_000);
      await isRefused(rotation, ErrorReason.KEY_NOT_CHANGEABLE);
      assert.deepEqual(await found(old), ended);
      assert.equal(await found(next), undefined);
    });
  }

  it("stay as they are when the other one cannot be put in their place", async () => {
    const [old, other] = [await created(), await created()];
    const twin = successorOf(old, { sha256: other.sha256 });
    await assert.rejects(words.stage.keys.rotate(old.id, twin, words.stage.epochMs()));
    await assert.rejects(words.stage.keys.create(record({ sha256: other.sha256 })));
    assert.deepEqual(await found(old), old);
    assert.equal(await found(twin), undefined);
    await words.stage.keys.rotate(old.id, successorOf(old), words.stage.epochMs());
  });

  it("are not held up by one that cannot be made", async () => {
    const other = await created();
    const wanted = [record({ sha256: other.sha256 }), record(), record()];
    const answers = await Promise.allSettled(wanted.map((key) => words.stage.keys.create(key)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      ["rejected", "fulfilled", "fulfilled"],
    );
  });

  it("give their place to exactly one of many at the same moment", async () => {
    const old = await created();
    await warmUp();
    // Names differ too: no lock by name may be what keeps them apart.
    const heirs = Array.from({ length: 8 }, () => record());
    const end = words.stage.epochMs() + 60_000;
    const answers = await Promise.allSettled(
      heirs.map((heir) => words.stage.keys.rotate(old.id, heir, end)),
    );
    const winner = heirs.find((_, at) => answers[at]?.status === "fulfilled");
    assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal((await found(old))?.replacedBy, winner?.id);
    const listed = new Set((await words.stage.keys.list()).map(({ id }) => id));
    assert.deepEqual(
      heirs.filter(({ id }) => listed.has(id)),
      [winner],
    );
    for (const answer of answers) {
      if (answer.status === "rejected") {
        await isRefused(Promise.reject(answer.reason), ErrorReason.KEY_NOT_CHANGEABLE);
      }
    }
  });

  it("are rotated once when the same rotation is asked for again", async () => {
    const old = await created();
    const next = successorOf(old);
    const end = words.stage.epochMs() + 60_000;
    const first = await words.stage.keys.rotate(old.id, next, end);
    assert.deepEqual(await words.stage.keys.rotate(old.id, next, end), first);
    const named = (await words.stage.keys.list()).filter((key) => key.name === old.name);
    assert.deepEqual(new Set(named.map(({ id }) => id)), new Set([old.id, next.id]));
  });
}
