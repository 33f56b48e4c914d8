import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { everyGrant, type KeyStoreWords } from "./words.ts";

/** How keys are made, and by which names. */
export function making(words: KeyStoreWords): void {
  const { record, created, found, successorOf, warmUp, isRefused } = words;

  it("come back exactly, in every member", async () => {
    const whole = await created({
      tenant: "acme",
      grants: everyGrant,
      prefix: "axf_abcd",
      createdBy: "ops",
    });
    const plain = await created();
    assert.deepEqual(await found(whole), whole);
    assert.deepEqual(await found(plain), plain);
    const { sha256 } = (await found(whole)) ?? {};
    assert(Buffer.isBuffer(sha256));
  });

  for (const [what, text] of oddTexts) {
    it(`may have ${what} in their names, tenants and grants`, async () => {
      const odd = await created({
        name: `${text} ${randomUUID()}`,
        tenant: text,
        grants: { ...everyGrant, models: [text] },
        createdBy: text,
      });
      assert.deepEqual(await found(odd), odd);
      await isRefused(
        words.stage.keys.create(record({ name: odd.name })),
        ErrorReason.KEY_NAME_TAKEN,
      );
    });
  }

  for (const [what, text] of texts) {
    it(`hold with ${what} in their texts, and can be ended`, async () => {
      const grants = { ...everyGrant, policies: [text] };
      const bad = await created({ name: `${randomUUID()}${text}`, tenant: text, grants });
      await isRefused(
        words.stage.keys.create(record({ name: bad.name })),
        ErrorReason.KEY_NAME_TAKEN,
      );
      assert.equal((await found(bad))?.id, bad.id);
      await words.stage.keys.rotate(bad.id, successorOf(bad), words.stage.epochMs());
    });
  }

  it("are listed the newest first", async () => {
    const now = words.stage.epochMs();
    const middle = await created({ createdEpochMs: now + 2000 });
    const oldest = await created({ createdEpochMs: now + 1000 });
    const newest = await created({ createdEpochMs: now + 3000 });
    const order = (await words.stage.keys.list()).map(({ id }) => id);
    assert.deepEqual(order.slice(0, 3), [newest.id, middle.id, oldest.id]);
  });

  it("have names that nobody else has while they hold", async () => {
    const first = await created();
    const second = record({ name: first.name });
    await isRefused(words.stage.keys.create(second), ErrorReason.KEY_NAME_TAKEN);
    assert.equal(await found(second), undefined);
    await words.stage.keys.revoke(first.id, words.stage.epochMs());
    await words.stage.keys.create(second);
    assert.deepEqual(await found(second), second);
  });

  it("give their names free when their end has come, and not before", async () => {
    const first = await created();
    await words.stage.keys.revoke(first.id, words.stage.epochMs() + 60_000);
    const second = record({ name: first.name });
    await isRefused(words.stage.keys.create(second), ErrorReason.KEY_NAME_TAKEN);
    words.stage.advance(60_001);
    await words.stage.keys.create(second);
  });

  it("are made once of many of one name at the same moment", async () => {
    await warmUp();
    const wanted = Array.from({ length: 8 }, () => record({ name: "wanted by many" }));
    const answers = await Promise.allSettled(wanted.map((key) => words.stage.keys.create(key)));
    assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
    const made = (await words.stage.keys.list()).filter((key) => key.name === "wanted by many");
    assert.equal(made.length, 1);
  });
}

const oddTexts: readonly (readonly [what: string, text: string])[] = [
  ["quotation marks", `'; DROP TABLE license_key; -- "\`$1 ?1 %s :x`],
  ["backslashes", String.raw`\0 \u0000 \\ \'`],
  ["line ends", "one\r\ntwo\ttabs\u0001\u007f"],
  ["other scripts", "ключ 鍵 مفتاح ﷽ 🗝️ e\u0301 \u202e"],
  ["a great length", "long ".repeat(400)],
  ["nothing but a space", " "],
];

/** What no UTF-8 text can hold, and what PostgreSQL's cannot. They are stored as near as may be. */
const texts: readonly (readonly [what: string, text: string])[] = [
  ["a NUL", "a\0b"],
  ["half a character", "a\ud83d"],
];
