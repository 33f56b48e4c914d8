import type { Endpoint } from "../../server/core/call.ts";
import type { LiveConfiguration } from "../../server/core/configuration-state.ts";
import type { EndpointRecord, EndpointRecords } from "../../server/core/endpoint-records.ts";
import { GatewayError } from "../../server/core/error.ts";
import type { Traffic } from "../../server/core/traffic.ts";
import { sampleEndpoint } from "./calls.ts";

/** A record of an endpoint that was never slow and never failed. */
export function sampleRecord(change: Partial<EndpointRecord> = {}): EndpointRecord {
  return {
    endpoint: sampleEndpoint(),
    circuit: "closed",
    probeAtMs: undefined,
    inFlight: 0,
    answered: 0,
    failed: 0,
    firstEventMs: () => undefined,
    ...change,
  };
}

/** Records that a test has written down. */
export function recordsOf(...records: readonly EndpointRecord[]): EndpointRecords {
  return {
    of: (endpoint: Endpoint) => records.find((record) => record.endpoint === endpoint),
    all: () => records,
  };
}

/** Traffic that takes any weights but negative ones and any place but `nowhere`. */
export function createFakeTraffic(): Traffic {
  let weights: ReadonlyMap<string, number> | undefined;
  const drained = new Set<string>();
  const refuse = (field: string) => {
    throw GatewayError.invalid({ field, description: "Refused." });
  };
  return {
    get weights() {
      return weights;
    },
    setWeights(next) {
      if ([...(next?.values() ?? [])].some((weight) => weight < 0)) refuse("weights");
      weights = next;
    },
    drained,
    drain(place) {
      if (place === "nowhere") refuse("place");
      drained.add(place);
    },
    undrain(place) {
      if (place === "nowhere") refuse("place");
      drained.delete(place);
    },
  };
}

/** A configuration that can be reloaded as often as anybody likes. */
export function createFakeConfiguration(): LiveConfiguration {
  let generation = 1;
  const stateNow = () => ({ generation, loadedEpochMs: generation * 1000, problems: [] });
  return {
    get state() {
      return stateNow();
    },
    reload() {
      generation++;
      return stateNow();
    },
  };
}
