import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Delivery } from "../../../server/core/call.ts";
import { noTelemetry } from "../../../server/telemetry/telemetry.ts";
import { createRecordingTracer } from "../../fakes/recording-tracer.ts";
import { createAsker, type Got, inFull, retriesIn } from "./failure-asker.ts";
import { type Expected, type Failure, failureRows, faultOf } from "./failure-table.ts";
import { regionNames, startTwoRegions, type TwoRegions } from "./two-regions.ts";

const scopes = ["first region", "every region"] as const;
const deliveries: readonly Delivery[] = ["unary", "stream"];

/** A failed call is a matter of milliseconds here, and two failures in a row open a circuit. */
const env = {
  AXONFLOW_ATTEMPT_TIMEOUT_MS: "200",
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

const tracer = createRecordingTracer();
const attemptSpans = () => tracer.spans.filter(({ name }) => name.startsWith("chat ")).length;

/** Two regions that fail so. */
async function failing(
  failure: Failure,
  everywhere: boolean,
  isStream: boolean,
): Promise<TwoRegions> {
  const regions = await startTwoRegions(env, { ...noTelemetry, tracer });
  const [first, second] = regions.emulators;
  const action = faultOf(failure, isStream);
  for (const emulator of everywhere ? [first, second] : [first]) {
    if (action) emulator.addFault({ action });
    else await emulator.close();
  }
  return regions;
}

/** Asks three times: what the first caller got, and the circuits after the third one. */
async function strike(failure: Failure, everywhere: boolean, delivery: Delivery): Promise<Seen> {
  const regions = await failing(failure, everywhere, delivery === "stream");
  const { gateway, emulators } = regions;
  const ask = createAsker(gateway);
  const once = () => (failure === "cancelled" ? leave(regions, ask, delivery) : ask(delivery));
  const asked = () =>
    emulators.map(({ journal }) => journal.entries.filter(({ kind }) => kind === "request").length);
  const spansBefore = attemptSpans();
  try {
    const got = await once();
    const askedFirst = asked();
    const spans = attemptSpans() - spansBefore;
    await once();
    await once();
    const records = gateway.app.endpoints.all();
    const circuits = regionNames.map(
      (name) => records.find(({ endpoint }) => endpoint.region === name)?.circuit ?? "none",
    );
    return { got, asked: askedFirst, circuits, spans };
  } finally {
    await regions.close();
  }
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

function check(name: string, { got, asked, circuits, spans }: Seen, expected: Expected): void {
  assert.equal(got.outcome, expected.outcome, name);
  if (expected.hops) assert.deepEqual(got.hops, expected.hops, `${name}: ${inFull(got)}`);
  if (!name.includes("refused")) assert.deepEqual(asked, expected.asked, name);
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
    for (const { failure, ...row } of failureRows) {
      for (const scope of scopes) {
        for (const delivery of deliveries) {
          const seen = await strike(failure, scope === "every region", delivery);
          const { got, circuits, spans } = seen;
          const hops = got.hops.map((hop) => hop.replace("PROVIDER_", "")).join(", ");
          const cells = [failure, scope, delivery, got.outcome, String(retriesIn(got.hops))];
          t.diagnostic(line([...cells, String(spans), circuits.join(" "), hops || "not told"]));
          const expected = scope === "first region" ? row.first : row.every;
          check(`${failure}, ${scope}, ${delivery}`, seen, expected);
        }
      }
    }
  });
});
