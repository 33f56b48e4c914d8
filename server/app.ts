import { isDeepStrictEqual } from "node:util";
import { openAudit, recordConfiguration } from "./app/audit.ts";
import { createBudgetMemory } from "./app/budget-memory.ts";
import { createCurrentCatalogue } from "./app/current-catalogue.ts";
import { createFront } from "./app/front.ts";
import { createLiveConfiguration } from "./app/live-configuration.ts";
import { createModelListings } from "./app/model-listings.ts";
import { createPolicyMemory } from "./app/policies.ts";
import { createProviders } from "./app/providers.ts";
import { createMemory } from "./app/resilience.ts";
import { restartNeeded } from "./app/restart-needed.ts";
import { createServing, type Kept, type LoadedConfiguration, type Serving } from "./app/serving.ts";
import { createShadowMode } from "./app/shadow-mode.ts";
import { openStorage } from "./app/storage.ts";
import { createWatching } from "./app/telemetry.ts";
import { openTransport } from "./app/transport.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { systemClock } from "./core/clock.ts";
import type { LiveConfiguration } from "./core/configuration-state.ts";
import type { EndpointRecords } from "./core/endpoint-records.ts";
import type { LayerPlace } from "./core/layer.ts";
import type { Log } from "./core/log.ts";
import type { Traffic } from "./core/traffic.ts";
import type { Door } from "./edge/door.ts";
import { createGate } from "./edge/gate.ts";
import { openGrpcDoor } from "./edge/grpc/server.ts";
import { openHttpDoor } from "./edge/http/server.ts";
import { type KeyRing, openKeyRing } from "./edge/keys/key-ring.ts";
import { createSchemaChecker } from "./policies/answer-schema/schema-checker.ts";
import { createIdempotencyStore } from "./resilience/idempotency-store.ts";
import { createTraffic } from "./routing/traffic.ts";
import { observeConfiguration } from "./telemetry/observe-configuration.ts";
import { noTelemetry, type Telemetry } from "./telemetry/telemetry.ts";

/** A running gateway. */
export interface App {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** The pipeline's layers, from the outside in. */
  readonly layers: readonly LayerPlace[];
  /** What is known of the endpoints that were asked. */
  readonly endpoints: EndpointRecords;
  /** Weights and drained places, to be read and changed. */
  readonly traffic: Traffic;
  /** Which configuration holds, and the way to another. */
  readonly configuration: LiveConfiguration;
  /**
   * Refuses new calls, lets running ones finish within the drain window, ends the rest with UNAVAILABLE, and closes. For the
   * first `drainDelayMs` of the window (default: none) it only asks callers to go elsewhere, and serves who comes.
   */
  stop(drainTimeoutMs?: number, drainDelayMs?: number): Promise<void>;
}

/** What an app is made of. Without licence keys it lets everybody in: the caller has made sure that this is meant. */
export interface AppOptions extends LoadedConfiguration {
  /** The region that Bedrock is asked in; undefined turns Bedrock off. */
  readonly region: string | undefined;
  readonly log: Log;
  /** Reads the configuration again, for a reload. Default: the one that is given here. */
  readonly load?: (() => LoadedConfiguration) | undefined;
  /** Default: none. */
  readonly telemetry?: Telemetry | undefined;
}

/** Keys of the store that have a name of the configuration's are not let in, and those that had one are again. */
function reserve(names: Set<string>, { licenseKeys }: LoadedConfiguration, ring: KeyRing): void {
  const wanted = new Set(licenseKeys.map(({ name }) => name));
  if (wanted.size === names.size && [...wanted].every((name) => names.has(name))) return;
  names.clear();
  for (const name of wanted) names.add(name);
  void ring.refresh();
}

/** Puts the rooms together and opens the doors. This is the only file that knows them all. */
export async function startApp(options: AppOptions): Promise<App> {
  const { settings, region, licenseKeys, log, telemetry = noTelemetry } = options;
  const clock = systemClock;
  const transport = openTransport(settings, clock, log);
  const asksWho = licenseKeys.length > 0 || settings.clientCertificates.size > 0;
  const storage = await openStorage(settings, clock, log);
  const reservedNames = new Set(licenseKeys.map(({ name }) => name));
  const opened: { close(): Promise<void> | void }[] = [transport, storage];
  const closeOpened = async () => {
    // Without doors nothing else keeps the process alive until what waits to be written is written.
    const alive = setInterval(() => {}, 1000);
    try {
      for (const one of opened.toReversed()) await one.close();
    } finally {
      clearInterval(alive);
    }
  };
  const orCloseAll = async (error: unknown): Promise<never> => {
    await closeOpened();
    throw error;
  };
  const audit = await openAudit(settings, clock, log).catch(orCloseAll);
  opened.push(audit);
  const keyRing = await openKeyRing({ ...storage, reservedNames, clock, log }).catch(orCloseAll);
  const providers = createProviders(settings, region);
  const places = providers.map(({ place }) => place);
  const memory = createMemory(settings, clock);
  const traffic = createTraffic({ places, weights: settings.routingWeights });
  const schemaChecker = createSchemaChecker();
  const repeatable = createIdempotencyStore({
    clock,
    ttlMs: settings.idempotencyTtlMs,
    maxBytes: settings.idempotencyMaxBytes,
  });
  const watching = createWatching({ telemetry, clock, settings, providers, memory });
  // The one reference that a reload swaps. Whatever lives longer asks it anew each time.
  let serving: Serving;
  const catalogue = createCurrentCatalogue(() => serving.catalogue);
  const budgetMemory = createBudgetMemory({
    ...storage,
    policies: () => serving.settings.policies,
    clock,
    log,
    telemetry,
  });
  const shadow = createShadowMode({
    settings,
    region,
    providers: new Set(places.map(({ provider }) => provider)),
    routes: (call, pin) => serving.routes(call, pin),
    ask: (attempt) => serving.askCopy(attempt),
    clock,
    log,
  });
  const kept: Kept = {
    clock,
    log,
    telemetry,
    storage,
    audit,
    keyRing,
    providers,
    traffic,
    memory,
    policyMemory: createPolicyMemory(clock, storage.shared?.rates),
    budgetMemory,
    watching,
    schemaChecker,
    repeatable,
    shadow: shadow.layer,
    listed: catalogue.listed,
  };
  const regions = places.flatMap(({ provider, region }) => (provider === "bedrock" ? region : []));
  const listings = createModelListings({ settings, regions, catalogue, log });
  const doors: Door[] = [];
  let endObserving = () => {};
  const close = async () => {
    await Promise.all(doors.map((door) => door.close()));
    await shadow.close();
    await kept.policyMemory.close();
    budgetMemory.close();
    watching.close();
    endObserving();
    for (const { provider } of providers) provider.close();
    schemaChecker.close();
    repeatable.close();
    for (const listing of listings) listing.close();
    keyRing.close();
    await closeOpened();
  };
  try {
    serving = createServing(options, kept);
    tell(serving, log);
    recordConfiguration(audit, serving.settings);
    const configuration = createLiveConfiguration({
      clock,
      log,
      change() {
        const loaded = options.load?.() ?? options;
        const problems = restartNeeded(serving, loaded);
        if (problems.length > 0) throw new ConfigurationError(problems);
        const renewCertificate = transport.readAgain();
        const next = createServing(loaded, kept);
        renewCertificate();
        changeWeights(traffic, serving, next);
        serving = next;
        reserve(reservedNames, next, keyRing);
        tell(serving, log);
        recordConfiguration(audit, serving.settings);
      },
    });
    endObserving = observeConfiguration(telemetry.meter, configuration);
    const gate = createGate({ clock, limit: settings.maxStreams });
    const front = createFront({
      settings,
      serving: () => serving,
      gate,
      catalogue,
      storage,
      audit,
      keyRing,
      budgetMemory,
      shadow,
      places,
      memory,
      traffic,
      repeatable,
      configuration,
      watching,
      asksWho,
      clock,
      log,
    });
    const { host } = settings;
    const http = await openHttpDoor(front, { host, port: settings.httpPort }, transport.transport);
    doors.push(http);
    const grpc = await openGrpcDoor(front, { host, port: settings.grpcPort }, transport.transport);
    doors.push(grpc);
    for (const listing of listings) listing.start();
    return {
      httpPort: http.port,
      grpcPort: grpc.port,
      layers: serving.pipeline.layers,
      endpoints: memory.records,
      traffic,
      configuration,
      async stop(drainTimeoutMs = settings.drainTimeoutMs, drainDelayMs = 0) {
        const delayMs = Math.min(drainDelayMs, drainTimeoutMs);
        const lingering = gate.linger(delayMs);
        for (const door of doors) door.refuse();
        await lingering;
        for (const door of doors) door.dismiss();
        await gate.drain(drainTimeoutMs - delayMs);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function tell({ warnings }: Serving, log: Log): void {
  for (const warning of warnings) log.warn({}, warning);
}

/** What an operator set by hand stays, unless the file says something else than it did. */
function changeWeights(traffic: Traffic, before: Serving, after: Serving): void {
  const { routingWeights } = after.settings;
  if (!isDeepStrictEqual(before.settings.routingWeights, routingWeights)) {
    traffic.setWeights(routingWeights);
  }
}
