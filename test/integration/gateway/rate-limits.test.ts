import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createCallers } from "./callers.ts";
import { CallError, type DoorCaller, type Question, readStream } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

/** Every caller has a key of its own, so that no test waits for a minute. */
const names = ["a", "b", "c", "d", "e"] as const;
const keyOf = (name: string) => `test-license-key-of-${name}`;
const keys = names.map((name) => `${name}=${keyOf(name)}`).join(",");

function start(yaml: string): Promise<TestGateway> {
  return startTestGateway({ AXONFLOW_LICENSE_KEYS: keys }, undefined, yaml);
}

/** One caller for each door, each with its own key. */
function callersOf(gateway: TestGateway): readonly DoorCaller[] {
  return names.flatMap((name, index) => {
    const caller = createCallers({ ...gateway, licenseKey: keyOf(name) })[index];
    return caller ? [caller] : [];
  });
}

async function refusalOf(asked: Promise<unknown>): Promise<CallError> {
  const error = await asked.then(
    () => assert.fail("it was answered"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CallError, String(error));
  assert.equal(error.code, "RESOURCE_EXHAUSTED");
  assert.equal(error.reason, "RATE_LIMITED");
  return error;
}

const hello: Question = { prompt: "Hello", maxTokens: 100 };

describe("rate limits at every door", () => {
  let gateway: TestGateway;
  let callers: readonly DoorCaller[];
  before(async () => {
    gateway = await start(`policies:
  - name: requests
    type: rate_limit
    scope: key_and_model
    limits: {requests_per_minute: 3}
  - name: tokens
    type: rate_limit
    scope: key
    applies_to: {models: [claude-3-haiku]}
    limits: {tokens_per_minute: 1000}
`);
    callers = callersOf(gateway);
  });
  after(() => gateway.close());

  it("let requests in, whole and streamed ones together, and tell the next one when", async () => {
    for (const caller of callers) {
      let retryAfter: string | null = null;
      await caller.complete(hello);
      await readStream(caller.stream(hello));
      await caller.complete(hello);
      const error = await refusalOf(
        caller.complete(hello, {
          onHeader: (headers) => (retryAfter = headers.get("retry-after")),
        }),
      );
      assert.deepEqual(
        [error.metadata.policy, error.metadata.limit],
        ["requests", "requests_per_minute"],
      );
      const waitMs = error.retryAfterMs ?? 0;
      assert.ok(waitMs > 30_000 && waitMs <= 61_000, `${caller.name}: ${waitMs}`);
      if (caller.name === "REST") assert.equal(retryAfter, String(Math.ceil(waitMs / 1000)));
      await refusalOf(readStream(caller.stream(hello)));
    }
  });

  it("count a model by whatever name it is asked for", async () => {
    const [caller] = callers;
    assert.ok(caller);
    const model = "claude-3-5-haiku";
    const { model: id } = await caller.complete({ ...hello, model });
    await caller.complete({ ...hello, model: id });
    await caller.complete({ ...hello, model });
    await refusalOf(caller.complete({ ...hello, model: id }));
  });

  it("count the tokens that were used, not those that were set aside", async () => {
    for (const caller of callers) {
      const question = { prompt: "Hello", maxTokens: 900, model: "claude-3-haiku" };
      await caller.complete(question);
      await readStream(caller.stream(question));
      const error = await refusalOf(caller.complete({ ...question, maxTokens: 1000 }));
      assert.deepEqual(
        [error.metadata.policy, error.metadata.limit, error.retryAfterMs],
        ["tokens", "tokens_per_minute", undefined],
      );
      assert.match(error.message, /Lower max_tokens/);
    }
  });
});

describe("a limit of concurrent streams at every door", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await start(`policies:
  - name: streams
    type: rate_limit
    limits: {concurrent_streams: 1}
`);
    gateway.emulator.setPacing({ pauseAfterTokens: 1 });
  });
  after(() => gateway.close());

  const question = { prompt: "Write 20 words." };

  /** A stream whose first text has come. */
  async function open(caller: DoorCaller, signal?: AbortSignal) {
    const pieces = caller.stream(question, signal ? { signal } : {})[Symbol.asyncIterator]();
    for (let piece = await pieces.next(); ; piece = await pieces.next()) {
      if (piece.done || piece.value.kind === "text") return pieces;
    }
  }

  it("refuses the second stream, lets whole answers pass, and gives a stream back that ended", async () => {
    for (const caller of callersOf(gateway)) {
      const first = await open(caller);
      const error = await refusalOf(readStream(caller.stream(question)));
      assert.deepEqual([error.metadata.limit, error.retryAfterMs], ["concurrent_streams", 1000]);
      gateway.emulator.release();
      for (let piece = await first.next(); !piece.done; piece = await first.next());
      const second = await open(caller);
      gateway.emulator.release();
      for (let piece = await second.next(); !piece.done; piece = await second.next());
    }
  });

  it("gives a stream back whose caller has gone", async () => {
    for (const caller of callersOf(gateway)) {
      const leaving = new AbortController();
      gateway.emulator.journal.clear();
      const left = await open(caller, leaving.signal);
      leaving.abort();
      await left.next().catch(() => {});
      await gateway.emulator.journal.waitFor(({ kind }) => kind === "aborted");
      const next = await open(caller);
      gateway.emulator.release();
      for (let piece = await next.next(); !piece.done; piece = await next.next());
    }
  });
});

describe("a queue before a rate limit", () => {
  it("lets a stream wait for its turn", async () => {
    const gateway = await start(`policies:
  - name: streams
    type: rate_limit
    limits: {concurrent_streams: 1}
    wait_ms: 20000
`);
    try {
      gateway.emulator.setPacing({ tokensPerSecond: 500 });
      for (const caller of callersOf(gateway)) {
        const answers = await Promise.all(
          [1, 2, 3].map(() => readStream(caller.stream({ prompt: "Write 20 words." }))),
        );
        assert.equal(answers.length, 3, caller.name);
      }
    } finally {
      await gateway.close();
    }
  });
});

describe("a rate limit and an idempotency key", () => {
  it("count no tokens for an answer that is only repeated", async () => {
    const gateway = await start(`policies:
  - name: tokens
    type: rate_limit
    limits: {tokens_per_minute: 150}
`);
    try {
      for (const caller of callersOf(gateway)) {
        const question = { prompt: "Write 40 words.", maxTokens: 100 };
        const headers = { "idempotency-key": "again" };
        await caller.complete(question, { headers });
        for (let n = 0; n < 5; n++) {
          const { replayOf } = await caller.complete(question, { headers });
          assert.notEqual(replayOf, "", caller.name);
        }
      }
    } finally {
      await gateway.close();
    }
  });
});
