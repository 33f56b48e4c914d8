import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { answer, uuid } from "./answer.ts";
import { licenseKey } from "./gateway.ts";
import { type Stack, useStack } from "./stack.ts";

/** What a client is told to do; it prints what came of it as one JSON object. */
export type Scenario = "complete" | "stream" | "deadline" | "cancel" | "bad-field" | "no-key";

/** Runs the client program with its arguments (scenario, `host:port`, licence key); gives its output. */
export type RunClient = (args: readonly [Scenario, string, string]) => Promise<string>;

type Run = (scenario: Scenario) => Promise<Readonly<Record<string, unknown>>>;

/** A wait that takes this long is a failure. */
const limit = { timeout: 60_000 };

const whole = {
  content: answer,
  finish_reason: "FINISH_REASON_STOP",
  input_tokens: 8,
  output_tokens: 6,
};

/** What a gRPC client has to be able to do in whatever language, on both ports that speak gRPC. */
export function describeGrpcClient(language: string, prepare: () => Promise<RunClient>): void {
  describe(`a ${language} client`, () => {
    let runClient: RunClient;
    before(async () => {
      runClient = await prepare();
    });
    const stack = useStack();
    for (const port of ["grpcPort", "httpPort"] as const) {
      describe(`on the ${port === "grpcPort" ? "gRPC" : "HTTP"} port`, () => {
        const run: Run = async (scenario) => {
          const target = `127.0.0.1:${stack().gateway[port]}`;
          return JSON.parse(await runClient([scenario, target, licenseKey]));
        };
        testAnswers(run, stack);
        testEndings(run, stack);
        testErrors(run);
      });
    }
  });
}

function testAnswers(run: Run, stack: () => Stack): void {
  test("Complete gives the answer, its usage and why it ended", limit, async () => {
    await stack().emulator.prepare({});
    assert.deepEqual(await run("complete"), whole);
  });

  test(
    "CompleteStream says the same, in one started, deltas and one completed",
    limit,
    async () => {
      await stack().emulator.prepare({});
      const { events, sequences, ...said } = await run("stream");
      assert.deepEqual(said, whole);
      assert.ok(Array.isArray(events) && events.length > 3, "an answer comes in several deltas");
      const deltas = events.slice(1, -1).map(() => "delta");
      assert.deepEqual(events, ["started", ...deltas, "completed"]);
      assert.deepEqual(sequences, [...events.keys()]);
    },
  );
}

function testEndings(run: Run, stack: () => Stack): void {
  test(
    "a deadline that passes is DEADLINE_EXCEEDED and ends the provider's call",
    limit,
    async () => {
      const { emulator } = stack();
      await emulator.prepare({ firstTokenDelayMs: 600_000 });
      assert.partialDeepStrictEqual(await run("deadline"), { code: "DEADLINE_EXCEEDED" });
      assert.partialDeepStrictEqual((await emulator.endedCall()).at(-1), aborted);
    },
  );

  test("a stream cancelled after two deltas is aborted at the provider", limit, async () => {
    const { emulator } = stack();
    await emulator.prepare({ pauseAfterTokens: 4 });
    assert.partialDeepStrictEqual(await run("cancel"), { code: "CANCELLED", deltas: 2 });
    assert.partialDeepStrictEqual((await emulator.endedCall()).at(-1), aborted);
  });
}

const aborted = { kind: "aborted", by: "peer" };

function testErrors(run: Run): void {
  test("a bad field is named by BadRequest, beside ErrorInfo and RequestInfo", limit, async () => {
    const { request_id, ...error } = await run("bad-field");
    assert.deepEqual(error, {
      code: "INVALID_ARGUMENT",
      reason: "INVALID_FIELD",
      domain: "gateway.axonflow.com",
      fields: ["max_tokens"],
    });
    assert.match(String(request_id), uuid);
  });

  test("a call without a key is UNAUTHENTICATED and says so to machines", limit, async () => {
    const { request_id, ...error } = await run("no-key");
    assert.deepEqual(error, {
      code: "UNAUTHENTICATED",
      reason: "MISSING_LICENSE_KEY",
      domain: "gateway.axonflow.com",
      fields: [],
    });
    assert.match(String(request_id), uuid);
  });
}
