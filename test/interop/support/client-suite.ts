import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { answer, uuid } from "./answer.ts";
import type { RunningEmulator } from "./emulator.ts";
import { licenseKey } from "./gateway.ts";
import { startService } from "./service.ts";
import { type Stack, useStack } from "./stack.ts";

/** What a client is told to do; it prints what came of it as one line of JSON. */
type Scenario = "complete" | "stream" | "deadline" | "cancel" | "bad-field" | "no-key";

/**
 * How to start a client. Its last arguments are the scenario, `host:port` and the licence key; it
 * keeps its connection until its standard input ends, so that a closed one is not what ends a call.
 */
export interface ClientProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Plays a scenario, and looks at the emulator while the client is still connected. */
type Play = (
  scenario: Scenario,
  whileConnected?: () => Promise<void>,
) => Promise<Readonly<Record<string, unknown>>>;

/** A wait that takes this long is a failure. */
const limit = { timeout: 60_000 };

const whole = {
  content: answer,
  finish_reason: "FINISH_REASON_STOP",
  input_tokens: 8,
  output_tokens: 6,
};

/** What a gRPC client has to be able to do in whatever language, on both ports that speak gRPC. */
export function describeGrpcClient(language: string, make: () => Promise<ClientProgram>): void {
  describe(`a ${language} client`, () => {
    let program: ClientProgram | undefined;
    before(async () => {
      program = await make();
    });
    const stack = useStack();
    for (const port of ["grpcPort", "httpPort"] as const) {
      describe(`on the ${port === "grpcPort" ? "gRPC" : "HTTP"} port`, () => {
        const play: Play = async (scenario, whileConnected) => {
          assert.ok(program);
          const target = `127.0.0.1:${stack().gateway[port]}`;
          const args = [...program.args, scenario, target, licenseKey];
          const client = startService(program.command, args, program.env);
          try {
            const [line] = await client.waitForLine(/^\{.*\}$/);
            await whileConnected?.();
            return JSON.parse(line);
          } finally {
            await client.stop();
          }
        };
        testAnswers(play, stack);
        testEndings(play, stack);
        testErrors(play);
      });
    }
  });
}

function testAnswers(play: Play, stack: () => Stack): void {
  test("Complete gives the answer, its usage and why it ended", limit, async () => {
    await stack().emulator.prepare({});
    assert.deepEqual(await play("complete"), whole);
  });

  test(
    "CompleteStream says the same, in one started, deltas and one completed",
    limit,
    async () => {
      await stack().emulator.prepare({});
      const { events, sequences, ...said } = await play("stream");
      assert.deepEqual(said, whole);
      assert.ok(
        Array.isArray(events) && events.length > 2,
        "an answer comes in at least one delta",
      );
      const deltas = events.slice(1, -1).map(() => "delta");
      assert.deepEqual(events, ["started", ...deltas, "completed"]);
      assert.deepEqual(sequences, [...events.keys()]);
    },
  );
}

function testEndings(play: Play, stack: () => Stack): void {
  test(
    "a deadline that passes is DEADLINE_EXCEEDED and ends the provider's call",
    limit,
    async () => {
      const { emulator } = stack();
      await emulator.prepare({ firstTokenDelayMs: 600_000 });
      const outcome = await play("deadline", () => assertAborted(emulator));
      assert.partialDeepStrictEqual(outcome, { code: "DEADLINE_EXCEEDED" });
    },
  );

  test(
    "a stream cancelled while the model still writes is aborted at the provider",
    limit,
    async () => {
      const { emulator } = stack();
      await emulator.prepare({ pauseAfterTokens: 4 });
      const outcome = await play("cancel", () => assertAborted(emulator));
      assert.deepEqual(outcome, { code: "CANCELLED", begun: true });
    },
  );
}

async function assertAborted(emulator: RunningEmulator): Promise<void> {
  const call = await emulator.endedCall();
  assert.partialDeepStrictEqual(call.at(-1), { kind: "aborted", by: "peer" });
}

function testErrors(play: Play): void {
  test("a bad field is named by BadRequest, beside ErrorInfo and RequestInfo", limit, async () => {
    const { request_id, ...error } = await play("bad-field");
    assert.deepEqual(error, {
      code: "INVALID_ARGUMENT",
      reason: "INVALID_FIELD",
      domain: "gateway.axonflow.com",
      fields: ["max_tokens"],
    });
    assert.match(String(request_id), uuid);
  });

  test("a call without a key is UNAUTHENTICATED and says so to machines", limit, async () => {
    const { request_id, ...error } = await play("no-key");
    assert.deepEqual(error, {
      code: "UNAUTHENTICATED",
      reason: "MISSING_LICENSE_KEY",
      domain: "gateway.axonflow.com",
      fields: [],
    });
    assert.match(String(request_id), uuid);
  });
}
