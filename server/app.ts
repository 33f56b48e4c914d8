import { createBudgets } from "./app/budgets.ts";
import { guideModel } from "./app/guide-model.ts";
import { createModelListings } from "./app/model-listings.ts";
import { createPersonalData } from "./app/personal-data.ts";
import { createPolicyLayers } from "./app/policies.ts";
import { createProviders, inPlace } from "./app/providers.ts";
import { createResilience } from "./app/resilience.ts";
import { createRouting } from "./app/routing.ts";
import { createShadowMode } from "./app/shadow-mode.ts";
import { openStorage } from "./app/storage.ts";
import { createWatching } from "./app/telemetry.ts";
import { version } from "./app/version.ts";
import type { Configuration } from "./config/settings.ts";
import { systemClock } from "./core/clock.ts";
import type { EndpointRecords } from "./core/endpoint-records.ts";
import type { LayerPlace } from "./core/layer.ts";
import type { LicenseKey } from "./core/license-keys.ts";
import type { Log } from "./core/log.ts";
import type { Traffic } from "./core/traffic.ts";
import { createAdmin } from "./edge/admin.ts";
import { authenticateBy, authenticateNobody } from "./edge/authenticate.ts";
import type { Door } from "./edge/door.ts";
import type { Front } from "./edge/front.ts";
import { createGate } from "./edge/gate.ts";
import { openGrpcDoor } from "./edge/grpc/server.ts";
import { openHttpDoor } from "./edge/http/server.ts";
import { createIntake } from "./edge/intake.ts";
import { createModels } from "./edge/models.ts";
import { createShadowReports } from "./edge/shadow-reports.ts";
import { createUsage } from "./edge/usage.ts";
import { buildPipeline } from "./pipeline.ts";
import { answerSchema } from "./policies/answer-schema/answer-schema.ts";
import { createSchemaChecker } from "./policies/answer-schema/schema-checker.ts";
import { deadline } from "./resilience/deadline.ts";
import { idempotency } from "./resilience/idempotency.ts";
import { createIdempotencyStore } from "./resilience/idempotency-store.ts";
import { router } from "./routing/router.ts";
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
  /** Refuses new calls, lets running ones finish within the drain window, ends the rest with UNAVAILABLE, and closes. */
  stop(drainTimeoutMs?: number): Promise<void>;
}

/** What an app is made of. */
export interface AppOptions {
  readonly settings: Configuration;
  /** The region that Bedrock is asked in; undefined turns Bedrock off. */
  readonly region: string | undefined;
  /** None at all lets everybody in: the caller has made sure that this is meant. */
  readonly licenseKeys: readonly LicenseKey[];
  readonly log: Log;
  /** Default: none. */
  readonly telemetry?: Telemetry | undefined;
}

/** Puts the rooms together and opens the doors. This is the only file that knows them all. */
export async function startApp(options: AppOptions): Promise<App> {
  const { settings, region, licenseKeys, log, telemetry = noTelemetry } = options;
  const bedrockModel = settings.bedrockModel ?? guideModel;
  const clock = systemClock;
  const storage = await openStorage(settings, clock, log);
  const providers = createProviders(settings, region);
  const defaultModels = new Map(
    providers.map(({ place: { provider } }) => [
      provider,
      provider === "openai" ? settings.openaiModel : bedrockModel,
    ]),
  );
  const resilience = createResilience(settings, clock);
  const { catalogue, traffic, routes, warnings } = createRouting({
    settings,
    places: providers.map(({ place }) => place),
    defaultModels,
    licenseKeys,
    clock,
    records: resilience.memory.records,
  });
  const regions = providers.flatMap(({ place }) =>
    place.provider === "bedrock" ? [place.region] : [],
  );
  const listings = createModelListings({ settings, regions, catalogue, log });
  for (const warning of warnings) {
    log.warn({}, warning);
  }
  const schemaChecker = createSchemaChecker();
  const repeatable = createIdempotencyStore({
    clock,
    ttlMs: settings.idempotencyTtlMs,
    maxBytes: settings.idempotencyMaxBytes,
  });
  const watching = createWatching({
    telemetry,
    clock,
    settings,
    providers,
    memory: resilience.memory,
  });
  const policies = createPolicyLayers({
    settings,
    policies: settings.policies,
    defaultModels,
    catalogue,
    clock,
    telemetry,
  });
  const budgets = createBudgets({
    settings,
    ...storage,
    policies: settings.policies,
    policiesFor: policies.policiesFor,
    routes,
    clock,
    log,
    telemetry,
  });
  const atProviders = inPlace(providers);
  const { hop, attemptTimeout } = resilience.layers;
  const shadow = createShadowMode({
    settings,
    region,
    providers: new Set(defaultModels.keys()),
    routes,
    ask: budgets.copyBudget.wrap(
      watching.attemptSpan.wrap(
        hop.wrap(budgets.layers.attemptBudget.wrap(attemptTimeout.wrap(atProviders))),
      ),
    ),
    clock,
    log,
  });
  const pipeline = buildPipeline(
    {
      trace: watching.trace,
      deadline: deadline({ clock }),
      ...policies.layers,
      ...createPersonalData({ settings, ...policies, policies: settings.policies, log, telemetry }),
      idempotency: idempotency({ clock, store: repeatable, runLimitMs: settings.callTimeoutMs }),
      answerSchema: answerSchema({ checker: schemaChecker }),
      router: router({ routes }),
      ...budgets.layers,
      shadow: shadow.layer,
      ...resilience.layers,
      attemptSpan: watching.attemptSpan,
    },
    atProviders,
  );
  const gate = createGate({ clock });
  const { maxMessageBytes, callTimeoutMs, corsOrigins, host } = settings;
  const front: Front = {
    intake: createIntake({ handle: pipeline.handle, gate, clock, callTimeoutMs }),
    models: createModels({ catalogue, gate }),
    shadowReports: createShadowReports({ report: shadow.report, gate }),
    usage: createUsage({
      gate,
      clock,
      ...storage,
      budgets: budgets.states,
      isAdmin: ({ name }) => licenseKeys.length === 0 || settings.adminKeys.includes(name),
    }),
    admin: createAdmin({
      clock,
      gate,
      log,
      version,
      layers: pipeline.layers,
      places: providers.map(({ place }) => place),
      ...resilience.memory,
      traffic,
      repeatable,
      // Without keys nobody has a name, and the gateway is on loopback.
      adminKeys: licenseKeys.length > 0 ? new Set(settings.adminKeys) : undefined,
    }),
    authenticate: licenseKeys.length > 0 ? authenticateBy(licenseKeys) : authenticateNobody,
    gate,
    log,
    watch: watching.door,
    maxMessageBytes,
    callTimeoutMs,
    corsOrigins,
  };
  const doors: Door[] = [];
  const close = async () => {
    await Promise.all(doors.map((door) => door.close()));
    await shadow.close();
    budgets.close();
    watching.close();
    for (const { provider } of providers) provider.close();
    schemaChecker.close();
    repeatable.close();
    for (const listing of listings) listing.close();
    await storage.close();
  };
  try {
    const http = await openHttpDoor(front, { host, port: settings.httpPort });
    doors.push(http);
    const grpc = await openGrpcDoor(front, { host, port: settings.grpcPort });
    doors.push(grpc);
    for (const listing of listings) listing.start();
    return {
      httpPort: http.port,
      grpcPort: grpc.port,
      layers: pipeline.layers,
      endpoints: resilience.memory.records,
      traffic,
      async stop(drainTimeoutMs = settings.drainTimeoutMs) {
        for (const door of doors) door.refuse();
        await gate.drain(drainTimeoutMs);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
