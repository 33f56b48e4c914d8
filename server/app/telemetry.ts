import type { Settings } from "../config/settings.ts";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { DoorWatch } from "../core/door-watch.ts";
import type { Layer } from "../core/layer.ts";
import type { EndpointFacts, ServerAddress } from "../telemetry/attempt-attributes.ts";
import { attemptSpan } from "../telemetry/attempt-span.ts";
import { createDoorWatch } from "../telemetry/door-watch.ts";
import { observeState } from "../telemetry/observe-state.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { trace } from "../telemetry/trace.ts";
import type { PlacedProvider } from "./providers.ts";
import type { Memory } from "./resilience.ts";

/** What watches calls: at the doors, in the pipeline and around every attempt. */
export interface Watching {
  readonly door: DoorWatch;
  readonly trace: Layer;
  readonly attemptSpan: Layer<Attempt>;
  /** Nothing is looked at any more. */
  close(): void;
}

export interface WatchingOptions {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly providers: readonly PlacedProvider[];
  readonly memory: Memory;
}

/** Makes all of it; without telemetry each is a way through. */
export function createWatching(options: WatchingOptions): Watching {
  const { telemetry, clock, settings, providers, memory } = options;
  const facts = endpointFacts(settings, providers);
  const { meter } = telemetry;
  const end = meter ? observeState(meter, memory) : () => {};
  return {
    door: createDoorWatch(clock, telemetry),
    trace: trace(telemetry),
    attemptSpan: attemptSpan({ clock, telemetry, facts }),
    close: end,
  };
}

function endpointFacts(settings: Settings, providers: readonly PlacedProvider[]): EndpointFacts {
  const addresses = new Map(
    providers.map(({ place, url }) => [`${place.provider}/${place.region}`, addressOf(url)]),
  );
  return {
    addressOf: ({ provider, region }) => addresses.get(`${provider}/${region}`),
    guardrailOf: ({ provider }) =>
      provider === "bedrock" ? settings.bedrockGuardrailId : undefined,
  };
}

function addressOf(url: string): ServerAddress {
  const { hostname: host, port, protocol } = new URL(url);
  return { host, port: Number(port) || (protocol === "http:" ? 80 : 443) };
}
