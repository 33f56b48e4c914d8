import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { HopOutcome, HopReason } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { createAsker, type Got } from "./failure-asker.ts";
import { regionNames, startTwoRegions, type TwoRegions } from "./two-regions.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

/** The long form is the one that is promised, with the usual settings. */
const { callsPerSecond, outageMs, openMs } = isLong
  ? { callsPerSecond: 200, outageMs: 30_000, openMs: 5000 }
  : { callsPerSecond: 100, outageMs: 2000, openMs: 300 };

const backoffMs = 100;
const budgetPercent = 10;
/** Retries that the budget begins with. */
const floor = 10;

/** One call under load. */
interface Answered {
  readonly got: Got;
  readonly tookMs: number;
}

type Ask = ReturnType<typeof createAsker>;

/** Sends calls at an even pace, whatever becomes of them, until told to stop; gives all of them back. */
async function load(ask: Ask, isOver: (sentMs: number) => boolean): Promise<Answered[]> {
  const beganMs = performance.now();
  const calls: Promise<Answered>[] = [];
  const send = async (): Promise<Answered> => {
    const askedMs = performance.now();
    const got = await ask("unary");
    return { got, tookMs: performance.now() - askedMs };
  };
  for (let sentMs = 0; !isOver(sentMs); sentMs = performance.now() - beganMs) {
    while (calls.length < (sentMs * callsPerSecond) / 1000) calls.push(send());
    await sleep(1000 / callsPerSecond);
  }
  return Promise.all(calls);
}

const forMs = (durationMs: number) => (sentMs: number) => sentMs >= durationMs;

function p99(timesMs: readonly number[]): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}

const tookMs = (calls: readonly Answered[]) => calls.map((call) => call.tookMs);

/** From a call's arrival to the beginning of the attempt that answered: what the failures before it cost. */
function addedMs(calls: readonly Answered[]): readonly number[] {
  return calls.map(({ got }) => Number(got.told.at(-1)?.startMs ?? 0n));
}

/** Attempts that were really made, in one region or in all. */
function attempts(calls: readonly Answered[], region?: string, outcome?: HopOutcome): number {
  return calls
    .flatMap(({ got }) => got.told)
    .filter((hop) => hop.outcome !== HopOutcome.SKIPPED)
    .filter((hop) => region === undefined || hop.region === region)
    .filter((hop) => outcome === undefined || hop.outcome === outcome).length;
}

function reasons(calls: readonly Answered[], reason: HopReason): number {
  return calls.flatMap(({ got }) => got.told).filter((hop) => hop.reason === reason).length;
}

describe(`a region that is down for ${outageMs / 1000} s under ${callsPerSecond} calls a second`, () => {
  const [east] = regionNames;
  let regions: TwoRegions;
  let revived: Emulator | undefined;
  let ask: Ask;
  before(async () => {
    regions = await startTwoRegions({ AXONFLOW_CIRCUIT_OPEN_MS: String(openMs) });
    ask = createAsker(regions.gateway);
  });
  after(async () => {
    await revived?.close();
    await regions.close();
  });
  const circuit = () =>
    regions.gateway.app.endpoints.all().find(({ endpoint }) => endpoint.region === east)?.circuit;

  it("costs its callers no error and few extra calls, and is back with one probe", async (t) => {
    await load(ask, forMs(500));
    const calm = await load(ask, forMs(isLong ? 5000 : 500));
    const [down] = regions.emulators;
    await down.close();
    const outage = await load(ask, forMs(outageMs));
    assert.equal(circuit() === "closed", false, "the circuit is open by now");

    revived = await createEmulator({ port: down.port });
    const return_ = await load(ask, () => circuit() === "closed");
    const healed = await load(ask, forMs(500));

    const all = [...calm, ...outage, ...return_, ...healed];
    const extra = attempts(outage) - outage.length;
    t.diagnostic(
      `${outage.length} calls in the outage: ${extra} extra (${((extra / outage.length) * 100).toFixed(1)} %), ` +
        `p99 of the time before the attempt that answered ${p99(addedMs(calm))} ms before, ` +
        `${p99(addedMs(outage))} ms in it (whole calls: ${p99(tookMs(calm)).toFixed(1)} ms, ` +
        `${p99(tookMs(outage)).toFixed(1)} ms); ` +
        `${return_.length} calls until the probe that closed the circuit`,
    );
    assert.deepEqual(
      all.map(({ got }) => got.outcome).filter((outcome) => outcome !== "answer"),
      [],
      "no caller sees an error",
    );
    const allowed = (outage.length * budgetPercent) / 100;
    const retries = reasons(outage, HopReason.RETRY);
    assert.ok(retries <= allowed + floor + outageMs / 1000, `${retries} retries`);
    assert.equal(attempts(return_, east, HopOutcome.FAILED), 0, "the first probe succeeds");
    assert.equal(attempts(healed, east), healed.length, "and then all calls are back");
    if (!isLong) return;
    assert.ok(extra <= allowed, `${extra} extra calls`);
    assert.ok(p99(addedMs(outage)) - p99(addedMs(calm)) <= backoffMs);
  });
});
