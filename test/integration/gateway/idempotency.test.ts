import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { createCallers } from "./callers.ts";
import { type Answer, CallError, type DoorCaller, readStream } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

const otherKey = "another-license-key-1";
const question = { prompt: "Write 20 words." };

describe("a request that carries an idempotency-key", () => {
  let gateway: TestGateway;
  let callers: readonly DoorCaller[];
  before(async () => {
    const keys = `test=test-license-key-1,other=${otherKey}`;
    gateway = await startTestGateway({
      AXONFLOW_LICENSE_KEYS: keys,
      AXONFLOW_CORS_ORIGINS: "https://app.example",
    });
    callers = createCallers(gateway);
  });
  beforeEach(() => gateway.emulator.journal.clear());
  after(() => gateway.close());

  let keys = 0;
  const freshKey = () => `key ${++keys}`;
  /** How many requests reached the provider. */
  const requests = () =>
    gateway.emulator.journal.entries.filter(({ kind }) => kind === "request").length;

  /** Asks and notes whether the headers call the answer a replay. */
  async function ask(caller: DoorCaller, delivery: "complete" | "stream", key: string) {
    let replayed: string | null = null;
    const options = {
      headers: { "idempotency-key": key },
      onHeader: (headers: Headers) => {
        replayed = headers.get("idempotency-replayed");
      },
    };
    const answer =
      delivery === "complete"
        ? await caller.complete(question, options)
        : await readStream(caller.stream(question, options));
    return { answer, replayed };
  }

  /** What the provider did and what it cost. */
  const substance = ({ text, inputTokens, outputTokens, costNanoUsd, hops, model }: Answer) => ({
    text,
    inputTokens,
    outputTokens,
    costNanoUsd,
    hops,
    model,
  });

  it("is answered once for every door and both methods, and says whose answer the others got", async () => {
    const key = freshKey();
    let first: Answer | undefined;
    for (const caller of callers) {
      for (const delivery of ["complete", "stream"] as const) {
        const { answer, replayed } = await ask(caller, delivery, key);
        const where = `${caller.name}, ${delivery}`;
        if (!first) {
          assert.deepEqual([answer.replayOf, replayed], ["", null]);
          first = answer;
          continue;
        }
        assert.deepEqual(substance(answer), substance(first), where);
        assert.deepEqual([answer.replayOf, replayed], [first.requestId, "true"], where);
        assert.notEqual(answer.requestId, first.requestId, where);
      }
    }
    assert.equal(requests(), 1);
  });

  /** A stream of which the caller has the first piece; `rest` reads the others. */
  async function begin(caller: DoorCaller, key: string) {
    const pieces = caller.stream(question, { headers: { "idempotency-key": key } });
    const reading = pieces[Symbol.asyncIterator]();
    const { value: started } = await reading.next();
    assert.equal(started?.kind, "started");
    const rest = () => readStream({ [Symbol.asyncIterator]: () => reading });
    return { rest, leave: () => reading.return?.() };
  }
  /** Streams pause after two tokens until they are let go. */
  const pause = () => gateway.emulator.setPacing({ pauseAfterTokens: 2 });
  const letGo = async () => {
    gateway.emulator.setPacing({});
    await gateway.emulator.journal.waitFor(({ kind }) => kind === "paused");
    gateway.emulator.release();
  };

  it("is joined while it runs, on every door, and each joiner gets all of the stream", async () => {
    const key = freshKey();
    pause();
    const begun = [];
    for (const caller of callers) begun.push(await begin(caller, key));
    await letGo();
    const [first, ...others] = await Promise.all(begun.map(({ rest }) => rest()));
    assert.equal(first?.text.split(" ").length, 20);
    for (const joined of others) {
      assert.deepEqual(substance(joined), substance(first));
      assert.equal(joined.replayOf, first.requestId);
    }
    assert.equal(requests(), 1);
  });

  it("goes on for those who joined when the first one leaves, on every door", async () => {
    for (const caller of callers) {
      gateway.emulator.journal.clear();
      const key = freshKey();
      pause();
      const first = await begin(caller, key);
      const second = await begin(caller, key);
      await first.leave();
      await letGo();
      assert.equal((await second.rest()).text.split(" ").length, 20, caller.name);
      assert.equal(requests(), 1, caller.name);
    }
  });

  it("is refused for another request, and is each licence key's own", async () => {
    const headers = { "idempotency-key": freshKey() };
    const strangers = createCallers({ ...gateway, licenseKey: otherKey });
    await callers[0]?.complete(question, { headers });
    for (const [at, caller] of callers.entries()) {
      await assert.rejects(
        caller.complete({ ...question, maxTokens: 7 }, { headers }),
        (error) =>
          error instanceof CallError &&
          error.code === "INVALID_ARGUMENT" &&
          error.reason === "IDEMPOTENCY_KEY_REUSED" &&
          error.fields[0] === "idempotency-key",
        caller.name,
      );
      const answer = await strangers[at]?.complete(question, { headers });
      assert.equal(answer?.replayOf === "", at === 0, caller.name);
    }
    assert.equal(requests(), 2);
  });

  it("is made anew after a failure", async () => {
    const headers = { "idempotency-key": freshKey() };
    const exception = "ValidationException";
    gateway.emulator.setFaults([{ action: { kind: "exception", exception } }]);
    const [caller] = callers;
    assert.ok(caller);
    await assert.rejects(caller.complete(question, { headers }), CallError);
    gateway.emulator.clearFaults();
    assert.equal((await caller.complete(question, { headers })).replayOf, "");
    assert.equal(requests(), 2);
  });

  it("is refused for a key that is empty or too long", async () => {
    for (const caller of callers) {
      await caller.complete(question, { headers: { "idempotency-key": "k".repeat(255) } });
      for (const key of ["", "k".repeat(256)]) {
        await assert.rejects(
          caller.complete(question, { headers: { "idempotency-key": key } }),
          (error) => error instanceof CallError && error.fields[0] === "idempotency-key",
          caller.name,
        );
      }
    }
  });

  it("may be sent and read by web pages of allowed origins", async () => {
    const { headers } = await fetch(`${gateway.httpUrl}/v1/complete`, {
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "POST" },
    });
    assert.match(headers.get("access-control-allow-headers") ?? "", /Idempotency-Key/);
    assert.match(headers.get("access-control-expose-headers") ?? "", /Idempotency-Replayed/);
  });
});
