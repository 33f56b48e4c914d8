import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { faultKinds } from "../../../emulator/fault-kinds.ts";
import { createCallers } from "./callers.ts";
import { CallError, type DoorCaller, readStream } from "./door-caller.ts";
import { type FaultRow, faultRows, type Outcome } from "./fault-table.ts";
import { bedrockTransports, startTestGateway, type TestGateway } from "./gateway.ts";

/** Every call of this test has to be over by then, whatever the provider does. */
const deadlineMs = 20_000;

for (const transport of bedrockTransports) {
  describe(`over the ${transport} transport, every fault of the provider`, () =>
    faultClaims(transport));
}

function faultClaims(transport: string): void {
  let gateway: TestGateway;
  let callers: readonly DoorCaller[];
  before(async () => {
    gateway = await startTestGateway({
      AXONFLOW_ATTEMPT_TIMEOUT_MS: "4000",
      AXONFLOW_IDLE_TIMEOUT_MS: "2000",
      // What an error is, not what is done about it: that is the failure matrix's.
      AXONFLOW_TRIES_PER_ENDPOINT: "1",
      AXONFLOW_CIRCUIT_FAILURES: "0",
      LLM_BEDROCK_TRANSPORT: transport,
    });
    callers = createCallers(gateway);
    // Each row strikes a model of its own, so that all can be asked at once.
    gateway.emulator.setFaults(
      faultRows.map(({ action }, index) => ({ modelId: modelOf(index), action })),
    );
  });
  after(() => gateway.close());

  it("is in the table", () => {
    const covered = new Set<string>(faultRows.map(({ action }) => action.kind));
    const missing = Object.keys(faultKinds).filter(
      (kind) => kind !== "pause" && !covered.has(kind),
    );
    assert.deepEqual(missing, []);
  });

  it("ends in the right typed error on every door, never in a clean end, a hang or a crash", async (t) => {
    const rows = await eightAtATime(faultRows, async (row, index) => ({
      row,
      seen: await strike(callers, row, index),
    }));
    const width = Math.max(...faultRows.map(({ name }) => name.length));
    for (const { row, seen } of rows) {
      t.diagnostic(
        `${row.name.padEnd(width)} | ${[...seen].map(([k, v]) => `${k}: ${[...v].join(" / ")}`).join(" | ")}`,
      );
    }
    for (const { row, seen } of rows) {
      for (const [delivery, outcomes] of seen) {
        assert.deepEqual([...outcomes], [row[delivery]], `${row.name}, ${delivery}`);
      }
    }
  });

  it("leaves a gateway that still answers", async () => {
    for (const caller of callers) {
      const { text } = await caller.complete({ prompt: "What is the capital of France?" });
      assert.equal(text, "The capital of France is Paris.");
    }
  });
}

/** Side by side, because faults that stall take their time, but not all at once: a machine may have two cores. */
async function eightAtATime<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return results;
}

function modelOf(index: number): string {
  return `anthropic.fault-${index}`;
}

/** Asks every door, whole and streamed where the fault can strike; gives the different outcomes seen. */
async function strike(
  callers: readonly DoorCaller[],
  row: FaultRow,
  index: number,
): Promise<Map<"unary" | "stream", Set<Outcome>>> {
  const question = { prompt: "Write 12 words.", model: modelOf(index) };
  const options = { timeoutMs: deadlineMs };
  const seen = new Map<"unary" | "stream", Set<Outcome>>();
  if (row.unary) {
    const outcomes = callers.map((caller) => outcomeOf(caller.complete(question, options)));
    seen.set("unary", new Set(await Promise.all(outcomes)));
  }
  if (row.stream) {
    const outcomes = callers.map((caller) =>
      outcomeOf(readStream(caller.stream(question, options))),
    );
    seen.set("stream", new Set(await Promise.all(outcomes)));
  }
  return seen;
}

async function outcomeOf(answer: ReturnType<typeof readStream>): Promise<Outcome> {
  try {
    const { text, inputTokens, outputTokens } = await answer;
    assert.equal(text.split(" ").length, 12);
    assert.ok(inputTokens > 0 && outputTokens > 0, "usage is never zero");
    return "answer";
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    assert.match(error.requestId, /^[0-9a-f-]{36}$/, "every error names its request");
    if (error.reason === "STREAM_INTERRUPTED") {
      assert.ok(
        Number(error.metadata.tokens_sent) > 0,
        "an interrupted stream tells the tokens sent",
      );
    }
    return `${error.code} ${error.reason}`;
  }
}
