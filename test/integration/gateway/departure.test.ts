import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { CallError, createCallers, type DoorCaller, readStream } from "./callers.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

describe("a caller that goes away takes the request to the provider with it", () => {
  let gateway: TestGateway;
  let callers: readonly DoorCaller[];
  before(async () => {
    gateway = await startTestGateway();
    callers = createCallers(gateway);
  });
  beforeEach(() => gateway.emulator.journal.clear());
  after(() => gateway.close());

  /** What the emulator saw of its one call, in order. */
  const kinds = () => gateway.emulator.journal.entries.map(({ kind }) => kind);
  const untilAborted = () =>
    gateway.emulator.journal.waitFor(({ kind, by }) => kind === "aborted" && by === "peer");

  it("after two tokens of a stream, on every door", async () => {
    gateway.emulator.setPacing({ pauseAfterTokens: 2 });
    for (const caller of callers) {
      gateway.emulator.journal.clear();
      let pieces = 0;
      for await (const piece of caller.stream({ prompt: "Write 50 words." })) {
        if (piece.kind === "text" && ++pieces === 2) break;
      }
      await untilAborted();
      const seen = kinds();
      assert.equal(seen[0], "request", caller.name);
      assert.deepEqual(seen.slice(-2), ["paused", "aborted"], caller.name);
    }
    gateway.emulator.setPacing({});
  });

  it("while a whole answer is still awaited, on every door", async () => {
    gateway.emulator.setFaults([{ action: { kind: "stall", at: "response" } }]);
    for (const caller of callers) {
      gateway.emulator.journal.clear();
      const leave = new AbortController();
      const asked = assert.rejects(
        caller.complete({ prompt: "Write 50 words." }, { signal: leave.signal }),
      );
      await gateway.emulator.journal.waitFor(({ kind }) => kind === "fault");
      leave.abort();
      await untilAborted();
      await asked;
      assert.deepEqual(kinds(), ["request", "fault", "aborted"], caller.name);
    }
    gateway.emulator.clearFaults();
  });

  it("when its deadline passes, and is told so with a typed error", async () => {
    gateway.emulator.setFaults([{ action: { kind: "stall", at: "mid-stream" } }]);
    for (const caller of callers) {
      for (const ask of [
        () => caller.complete({ prompt: "Write 50 words." }, { timeoutMs: 300 }),
        () => readStream(caller.stream({ prompt: "Write 50 words." }, { timeoutMs: 300 })),
      ]) {
        gateway.emulator.journal.clear();
        await assert.rejects(ask, (error) => {
          assert.ok(error instanceof CallError, String(error));
          assert.equal(error.code, "DEADLINE_EXCEEDED", caller.name);
          assert.equal(error.reason, "DEADLINE_EXCEEDED", caller.name);
          return true;
        });
        await untilAborted();
      }
    }
    gateway.emulator.clearFaults();
  });
});
