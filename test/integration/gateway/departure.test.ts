import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { createCallers } from "./callers.ts";
import { type AskOptions, type DoorCaller, readStream } from "./door-caller.ts";
import { bedrockTransports, startTestGateway, type TestGateway } from "./gateway.ts";

for (const transport of bedrockTransports) {
  describe(`over the ${transport} transport, a caller that goes away takes the request to the provider with it`, () =>
    departureClaims(transport));
}

function departureClaims(transport: string): void {
  let gateway: TestGateway;
  let callers: readonly DoorCaller[];
  before(async () => {
    gateway = await startTestGateway({ LLM_BEDROCK_TRANSPORT: transport });
    callers = createCallers(gateway);
  });
  beforeEach(() => gateway.emulator.journal.clear());
  after(() => gateway.close());

  /** What the emulator saw of its one call, in order. */
  const kinds = () => gateway.emulator.journal.entries.map(({ kind }) => kind);
  const untilAborted = () =>
    gateway.emulator.journal.waitFor(({ kind, by }) => kind === "aborted" && by === "peer");

  it("after two tokens of a stream, on every door", async (t) => {
    gateway.emulator.setPacing({ pauseAfterTokens: 2 });
    for (const caller of callers) {
      gateway.emulator.journal.clear();
      let text = "";
      for await (const piece of caller.stream({ prompt: "Write 50 words." })) {
        // Two tokens may leave as one piece.
        if (piece.kind === "text") text += piece.text;
        if (text.split(" ").length === 2) break;
      }
      const leftAtMs = performance.now();
      await untilAborted();
      const tookMs = (performance.now() - leftAtMs).toFixed(1);
      t.diagnostic(`${caller.name}: the abort was at the provider ${tookMs} ms later`);
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

  it("when its deadline passes", async () => {
    gateway.emulator.setFaults([{ action: { kind: "stall", at: "mid-stream" } }]);
    for (const caller of callers) {
      for (const ask of asks(caller, { timeoutMs: 300 })) {
        gateway.emulator.journal.clear();
        // The caller's own clock may be the first to run out, and it knows no reason.
        await assert.rejects(ask, { code: "DEADLINE_EXCEEDED" }, caller.name);
        await untilAborted();
      }
    }
    gateway.emulator.clearFaults();
  });

  it("and one without a deadline is told with a typed error that the gateway's limit has passed", async () => {
    const impatient = await startTestGateway({
      AXONFLOW_CALL_TIMEOUT_MS: "300",
      LLM_BEDROCK_TRANSPORT: transport,
    });
    impatient.emulator.setFaults([{ action: { kind: "stall", at: "mid-stream" } }]);
    for (const caller of createCallers(impatient)) {
      for (const ask of asks(caller)) {
        await assert.rejects(
          ask,
          { code: "DEADLINE_EXCEEDED", reason: "DEADLINE_EXCEEDED" },
          caller.name,
        );
      }
    }
    await impatient.close();
  });
}

/** The same question, whole and streamed. */
function asks(caller: DoorCaller, options: AskOptions = {}): readonly (() => Promise<unknown>)[] {
  const question = { prompt: "Write 50 words." };
  return [
    () => caller.complete(question, options),
    () => readStream(caller.stream(question, options)),
  ];
}
