import type { LedgerAccount } from "../../../server/core/ledger.ts";
import { seededRandom } from "../../../test/fakes/seeded-random.ts";
import { createSimulatedClock } from "./simulated-clock.ts";
import { createSimulatedGateway, type SimulatedGateway } from "./simulated-gateway.ts";
import { createSimulatedStore, type StoreTimes } from "./simulated-store.ts";

// Gateways that share one budget by leases, in simulated time and with the gateway's own lease code:
// `node bench/scale/leases/main.ts`. The same figures in every run. It fails where more than the limit is spent.

/** From one availability zone to the same. */
const roundTripMs = 0.25;

/** By `bench/scale/store/main.ts`, over loopback; four statements go to and fro while the account's row is locked. */
const times: StoreTimes = { roundTripMs, holdMs: 0.98 + 4 * roundTripMs, perLeaseMs: 0.00116 };

interface Scene {
  readonly name: string;
  readonly gateways: number;
  /** All gateways together. */
  readonly callsPerSecond: number;
  readonly limitUsd: number;
  readonly seconds: number;
  /** How many die, one after the other, in the midst of it. */
  readonly deaths: number;
}

/** Traffic does not begin in a moment. */
const rampMs = 20_000;

const usual = { callsPerSecond: 500, limitUsd: 100, seconds: 100, deaths: 0 };

const scenes: readonly Scene[] = [
  { ...usual, name: "4 gateways", gateways: 4 },
  { ...usual, name: "50 gateways", gateways: 50 },
  { ...usual, name: "100 gateways", gateways: 100 },
  { ...usual, name: "100 gateways, 20 die", gateways: 100, deaths: 20 },
  {
    ...usual,
    name: "100 gateways, ten times the calls",
    gateways: 100,
    callsPerSecond: 5000,
    limitUsd: 1000,
  },
  { ...usual, name: "200 gateways", gateways: 200 },
  { ...usual, name: "1,000 gateways", gateways: 1000 },
  { ...usual, name: "1,000 gateways, 20 die", gateways: 1000, deaths: 20 },
];

const usd = (nanoUsd: bigint) => Number(nanoUsd) / 1e9;

for (const scene of scenes) {
  const startMs = performance.now();
  const told = simulate(scene);
  console.log(`\n${scene.name}: ${scene.callsPerSecond} calls/s, $${scene.limitUsd}`);
  for (const [what, figure] of Object.entries(told)) console.log(`  ${what.padEnd(42)} ${figure}`);
  console.log(`  (${((performance.now() - startMs) / 1000).toFixed(0)} s)`);
}

function simulate({ gateways: count, callsPerSecond, limitUsd, seconds, deaths }: Scene) {
  const random = seededRandom(count + callsPerSecond + deaths);
  const clock = createSimulatedClock();
  const account: LedgerAccount = {
    name: "shared/day/gateway",
    window: { kind: "calendar", startEpochMs: 0, endEpochMs: 86_400_000 },
    limitNanoUsd: BigInt(limitUsd) * 1_000_000_000n,
    enforced: true,
  };
  const store = createSimulatedStore(account, clock, times);
  const gateways: SimulatedGateway[] = [];
  for (let place = 0; place < count; place++) {
    clock.after(random() * 1000, () => {
      gateways[place] = createSimulatedGateway(account, clock, store);
    });
  }
  clock.runUntil(1000);

  /** A tenth of the gateways have half of the calls. */
  const someGateway = () => {
    const few = Math.ceil(count / 10);
    const place = random() < 0.5 ? random() * few : random() * count;
    return gateways[Math.min(Math.floor(place), count - 1)];
  };
  const next = () => {
    const worst = 2_000_000 + random() * 12_000_000;
    someGateway()?.call({
      worstNanoUsd: BigInt(Math.round(worst)),
      // Answers are a third of what was set aside, on average.
      costNanoUsd: BigInt(Math.round(worst * (0.05 + 0.55 * random()))),
      lastsMs: 300 + random() * 3000,
    });
    const part = Math.min(clock.now() / rampMs, 1);
    clock.after((-Math.log(1 - random()) * 1000) / (callsPerSecond * part), next);
  };
  next();
  for (let death = 0; death < deaths; death++) {
    clock.after(5000 + death * 1000, () => gateways[(death * 37) % count]?.die());
  }

  const firstMs = () => Math.min(...gateways.map(({ tally }) => tally.firstRefusedMs ?? Infinity));
  const idles: number[] = [];
  let busiest = 0;
  let spentAtFirst: number | undefined;
  for (let second = 2; second <= seconds; second++) {
    const before = store.transactions;
    clock.runUntil(second * 1000);
    busiest = Math.max(busiest, store.transactions - before);
    const isRefusing = firstMs() < Infinity;
    if (isRefusing) spentAtFirst ??= usd(store.spent);
    else idles.push(gateways.reduce((sum, { idle }) => sum + usd(idle), 0));
  }
  if (store.most > account.limitNanoUsd || store.spent > account.limitNanoUsd)
    throw new Error("more than the limit was promised");
  const calls = gateways.map(({ tally }) => tally);
  const sum = (of: "asked" | "admitted" | "refused" | "unavailable") =>
    calls.reduce((total, tally) => total + tally[of], 0);
  const waits = calls.flatMap(({ waitsMs }) => waitsMs).toSorted((a, b) => a - b);
  const part = (amount: number) =>
    `$${amount.toFixed(2)} (${((amount / limitUsd) * 100).toFixed(1)} %)`;
  return {
    "most that was spent and leased": part(usd(store.most)),
    "spent when it is over": part(usd(store.spent)),
    "charged for gateways that died": part(usd(store.lost)),
    calls: `${sum("asked")}: ${sum("admitted")} admitted, ${sum("refused")} refused, ${sum("unavailable")} unavailable`,
    "first refusal": Number.isFinite(firstMs())
      ? `after ${(firstMs() / 1000).toFixed(1)} s, ${part(spentAtFirst ?? 0)} spent`
      : "none",
    "idle in leases until then, mean and most": `${part(mean(idles))}, ${part(Math.max(...idles))}`,
    "transactions/s, mean and busiest second": `${Math.round(store.transactions / seconds)}, ${busiest}`,
    "the account's row was held": `${((store.busyMs / seconds / 1000) * 100).toFixed(0)} % of the time`,
    "calls that waited": `${((waits.length / sum("asked")) * 100).toFixed(1)} %, median ${at(waits, 0.5)} ms, p99 ${at(waits, 0.99)} ms`,
    "fairness of what was admitted (Jain)": jain(
      calls.filter(({ asked }) => asked > 0).map(({ admitted, asked }) => admitted / asked),
    ).toFixed(3),
  };
}

function mean(of: readonly number[]): number {
  return of.reduce((sum, each) => sum + each, 0) / of.length;
}

function at(sorted: readonly number[], part: number): string {
  return (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
}

/** 1 where every gateway admitted the same part of its calls; 1/n where one had all. */
function jain(parts: readonly number[]): number {
  const sum = parts.reduce((total, each) => total + each, 0);
  return sum ** 2 / (parts.length * parts.reduce((total, each) => total + each ** 2, 0));
}
