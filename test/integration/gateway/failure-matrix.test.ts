import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Tracer } from "@opentelemetry/api";
import type { Delivery } from "../../../server/core/call.ts";
import { noTelemetry } from "../../../server/telemetry/telemetry.ts";
import { createRecordingTracer } from "../../fakes/recording-tracer.ts";
import { createAsker, type Got, inFull, retriesIn } from "./failure-asker.ts";
import { type Expected, type Failure, failureRows, faultOf } from "./failure-table.ts";
import { regionNames, startTwoRegions, type TwoRegions } from "./two-regions.ts";

const scopes = ["first region", "every region"] as const;
const deliveries: readonly Delivery[] = ["unary", "stream"];

/** Retries come quickly here, and two failures in a row open a circuit. */
const env = {
  AXONFLOW_BACKOFF_BASE_MS: "5",
  AXONFLOW_CIRCUIT_FAILURES: "2",
  AXONFLOW_CIRCUIT_OPEN_MS: "600000",
};

/** What was seen of one failure. */
interface Seen {
  readonly got: Got;
  readonly asked: readonly number[];
  readonly circuits: readonly string[];
  /** Spans of attempts. */
  readonly spans: number;
}

/** Long enough for a region that answers, on a machine that is busy. */
const timeouts = { AXONFLOW_ATTEMPT_TIMEOUT_MS: "1000" };

/** One line of the matrix. */
interface Case {
  readonly failure: Failure;
  readonly scope: (typeof scopes)[number];
  readonly delivery: Delivery;
  readonly expected: Expected;
}

const cases: readonly Case[] = failureRows.flatMap(({ failure, first, every }) =>
  scopes.flatMap((scope) =>
    deliveries.map((delivery) => {
      const expected = scope === "first region" ? first : every;
      return { failure, scope, delivery, expected };
    }),
  ),
);

/** Two regions that fail so. */
async function failing({ failure, scope, delivery }: Case, tracer: Tracer): Promise<TwoRegions> {
  const settings = failure === "timeout" ? { ...env, ...timeouts } : env;
  const regions = await startTwoRegions(settings, { ...noTelemetry, tracer });
  const [first, second] = regions.emulators;
  const action = faultOf(failure, delivery === "stream");
  for (const emulator of scope === "every region" ? [first, second] : [first]) {
    if (action) emulator.addFault({ action });
    else await emulator.close();
  }
  return regions;
}

/** Asks three times: what the first caller got, and the circuits after the third one. */
async function strike(one: Case): Promise<Seen> {
  const { failure, delivery } = one;
  const tracer = createRecordingTracer();
  const regions = await failing(one, tracer);
  const { gateway, emulators } = regions;
  const ask = createAsker(gateway);
  const once = () => (failure === "cancelled" ? leave(regions, ask, delivery) : ask(delivery));
  try {
    const got = await once();
    const asked = emulators.map(
      ({ journal }) => journal.entries.filter(({ kind }) => kind === "request").length,
    );
    const spans = tracer.spans.filter(({ name }) => name.startsWith("chat ")).length;
    await once();
    await once();
    const records = gateway.app.endpoints.all();
    const circuits = regionNames.map(
      (name) => records.find(({ endpoint }) => endpoint.region === name)?.circuit ?? "none",
    );
    return { got, asked, circuits, spans };
  } finally {
    await regions.close();
  }
}

/** Side by side, because silence takes its time. */
async function strikeAll(): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const queue = cases.entries();
  const worker = async () => {
    for (const [index, one] of queue) seen[index] = await strike(one);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return seen;
}

/** A caller that leaves while the first region is silent. */
async function leave(
  { emulators }: TwoRegions,
  ask: ReturnType<typeof createAsker>,
  delivery: Delivery,
): Promise<Got> {
  const [{ journal }] = emulators;
  journal.clear();
  const caller = new AbortController();
  const got = ask(delivery, { signal: caller.signal });
  await journal.waitFor(({ kind }) => kind === "fault");
  caller.abort();
  await journal.waitFor(({ kind }) => kind === "aborted");
  return got;
}

function line(cells: readonly string[]): string {
  const widths = [13, 12, 6, 41, 7, 5, 13];
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ");
}

function lineOf(
  { failure, scope, delivery }: Case,
  { got, circuits, spans }: Seen,
): readonly string[] {
  const hops = got.hops.map((hop) => hop.replace("PROVIDER_", "")).join(", ");
  const counts = [String(retriesIn(got.hops)), String(spans), circuits.join(" ")];
  return [failure, scope, delivery, got.outcome, ...counts, hops || "not told"];
}

function check(
  { failure, scope, delivery, expected }: Case,
  { got, asked, circuits, spans }: Seen,
): void {
  const name = `${failure}, ${scope}, ${delivery}`;
  assert.equal(got.outcome, expected.outcome, name);
  if (expected.hops) assert.deepEqual(got.hops, expected.hops, `${name}: ${inFull(got)}`);
  // Nobody counts how often a region that is not there was asked.
  if (failure !== "refused") assert.deepEqual(asked, expected.asked, name);
  assert.deepEqual(circuits, expected.circuits, name);
  const attempts = expected.hops?.length ?? 1;
  assert.equal(spans, attempts, `${name}: a span for every attempt`);
  const isTold = got.retryAfterMs !== undefined;
  assert.equal(isTold, got.outcome.startsWith("ResourceExhausted"), `${name}: when to ask again`);
}

describe("the failure matrix", () => {
  it("moves on for what another endpoint can mend, and for nothing else", async (t) => {
    const header = ["failure", "where", "call", "the caller got", "retries", "spans", "circuits"];
    t.diagnostic(line([...header, "hops"]));
    const seen = await strikeAll();
    for (const [index, one] of cases.entries()) {
      const found = seen[index];
      assert.ok(found);
      t.diagnostic(line(lineOf(one, found)));
      check(one, found);
    }
  });
});
