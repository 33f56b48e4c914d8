import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  CircuitState,
  type ConfigurationStatus,
  ConfigurationStatusSchema,
  type EndpointStatus,
  EndpointStatusSchema,
  type FirstEventTimes,
  FirstEventTimesSchema,
  type GetStatusResponse,
  GetStatusResponseSchema,
  type PlaceStatus,
  PlaceStatusSchema,
} from "../../gen/axonflow/gateway/v1/admin_pb.ts";
import { type Delivery, endpointName } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { ConfigurationState, LiveConfiguration } from "../core/configuration-state.ts";
import type { EndpointRecord, EndpointRecords } from "../core/endpoint-records.ts";
import type { LayerPlace } from "../core/layer.ts";
import type { RetryBudget } from "../core/retry-budget.ts";
import type { Traffic } from "../core/traffic.ts";

/** Where the live state is read. Nothing is kept here: each status is of its own moment. */
export interface StatusSources {
  readonly clock: Clock;
  readonly version: string;
  /** The pipeline's layers, from the outside in. */
  readonly layers: readonly LayerPlace[];
  /** Providers in their regions, in the configured order. */
  readonly places: readonly { readonly provider: string; readonly region: string }[];
  readonly records: EndpointRecords;
  readonly traffic: Traffic;
  readonly retryBudget: RetryBudget;
  readonly configuration: LiveConfiguration;
  /** What is held for calls with an `idempotency-key`. */
  readonly repeatable: {
    readonly state: { readonly running: number; readonly kept: number; readonly bytes: number };
  };
}

/** Gives a function that tells the status, of a gateway that begins to serve now. */
export function createStatus(sources: StatusSources): (callsInFlight: number) => GetStatusResponse {
  const { clock, version, layers, places, records, traffic, retryBudget, repeatable } = sources;
  const { configuration } = sources;
  const startedMs = clock.now();
  const startTime = timestampFromMs(clock.epochMs());
  return (callsInFlight) => {
    const nowMs = clock.now();
    const { running, kept, bytes } = repeatable.state;
    return create(GetStatusResponseSchema, {
      version,
      startTime,
      uptime: durationFromMs(Math.round(nowMs - startedMs)),
      callsInFlight,
      layers: [...layers],
      places: places.map((place) => placeStatus(place, traffic.drained)),
      routingWeights: Object.fromEntries(traffic.weights ?? []),
      endpoints: records
        .all()
        .map((record) => endpointStatus(record, nowMs))
        .sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1)),
      retryBudget: { available: retryBudget.balance, refused: BigInt(retryBudget.refused) },
      idempotency: { running, kept, bytes: BigInt(bytes) },
      configuration: configurationStatus(configuration.state),
    });
  };
}

/** Which configuration holds, in the words of the contract. */
export function configurationStatus(state: ConfigurationState): ConfigurationStatus {
  const { generation, loadedEpochMs, problems, refusedEpochMs } = state;
  return create(ConfigurationStatusSchema, {
    generation: BigInt(generation),
    loadTime: timestampFromMs(loadedEpochMs),
    problems: [...problems],
    ...(refusedEpochMs !== undefined && { refuseTime: timestampFromMs(refusedEpochMs) }),
  });
}

function placeStatus(
  { provider, region }: { readonly provider: string; readonly region: string },
  drainedPlaces: ReadonlySet<string>,
): PlaceStatus {
  const place = `${provider}/${region}`;
  const drained = drainedPlaces.has(provider) || drainedPlaces.has(place);
  return create(PlaceStatusSchema, { place, provider, region, drained });
}

const circuits = {
  closed: CircuitState.CLOSED,
  open: CircuitState.OPEN,
  "half-open": CircuitState.HALF_OPEN,
} as const;

function endpointStatus(record: EndpointRecord, nowMs: number): EndpointStatus {
  const { endpoint, circuit, probeAtMs, inFlight, answered, failed } = record;
  const { provider, region, model } = endpoint;
  const unary = firstEventTimes(record, "unary");
  const stream = firstEventTimes(record, "stream");
  return create(EndpointStatusSchema, {
    endpoint: endpointName(endpoint),
    provider,
    region,
    model,
    circuit: circuits[circuit],
    inFlight,
    answered: BigInt(answered),
    failed: BigInt(failed),
    ...(probeAtMs !== undefined && {
      probeIn: durationFromMs(Math.max(0, Math.round(probeAtMs - nowMs))),
    }),
    ...(unary && { unary }),
    ...(stream && { stream }),
  });
}

function firstEventTimes(record: EndpointRecord, delivery: Delivery): FirstEventTimes | undefined {
  const p50Ms = record.firstEventMs(0.5, delivery);
  const p99Ms = record.firstEventMs(0.99, delivery);
  if (p50Ms === undefined || p99Ms === undefined) return undefined;
  return create(FirstEventTimesSchema, { p50Ms, p99Ms });
}
