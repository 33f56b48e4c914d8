import { trace as otel } from "@opentelemetry/api";
import type { Configuration, Settings } from "./config/settings.ts";
import type { Attempt } from "./core/call.ts";
import type { Catalogue } from "./core/catalogue.ts";
import { systemClock } from "./core/clock.ts";
import type { Handler } from "./core/layer.ts";
import type { LicenseKey } from "./core/license-keys.ts";
import type { Log } from "./core/log.ts";
import type { Provider } from "./core/provider.ts";
import { authenticateBy, authenticateNobody } from "./edge/authenticate.ts";
import type { Door } from "./edge/door.ts";
import type { Front } from "./edge/front.ts";
import { createGate } from "./edge/gate.ts";
import { openGrpcDoor } from "./edge/grpc/server.ts";
import { openHttpDoor } from "./edge/http/server.ts";
import { createIntake } from "./edge/intake.ts";
import { createModels } from "./edge/models.ts";
import { buildPipeline } from "./pipeline.ts";
import { answerSchema } from "./policies/answer-schema/answer-schema.ts";
import { createSchemaChecker } from "./policies/answer-schema/schema-checker.ts";
import { bedrockFamilies } from "./providers/bedrock/codecs/choose-codec.ts";
import { createModelListing } from "./providers/bedrock/live-models.ts";
import { createBedrockProvider } from "./providers/bedrock/provider.ts";
import { openAiRegion } from "./providers/openai/address.ts";
import { createOpenAiProvider, openAiFamilies } from "./providers/openai/provider.ts";
import { attemptTimeout } from "./resilience/attempt-timeout.ts";
import { deadline } from "./resilience/deadline.ts";
import { failover } from "./resilience/failover.ts";
import { hop } from "./resilience/hop.ts";
import { createCatalogue } from "./routing/catalogue.ts";
import { router, type ServingPlace } from "./routing/router.ts";
import { startWarnings } from "./routing/start-warnings.ts";
import { trace } from "./telemetry/trace.ts";

/** A running gateway. */
export interface App {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** The names of the pipeline's layers, from the outside in. */
  readonly layers: readonly string[];
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
}

/** The setup guide's model; past its end of life on AWS, but the guide is the specification. */
const guideModel = "anthropic.claude-3-5-sonnet-20240620-v1:0";

/** Puts the rooms together and opens the doors. This is the only file that knows them all. */
export async function startApp(options: AppOptions): Promise<App> {
  const { settings, region, licenseKeys, log } = options;
  const bedrockModel = settings.bedrockModel ?? guideModel;
  const defaultModel = region === undefined ? settings.openaiModel : bedrockModel;
  const clock = systemClock;
  const providers = createProviders(settings, region);
  const catalogue = createCatalogue({
    regions: new Map(providers.map(({ place }) => [place.provider, place.region])),
    defaultModel,
    clock,
    overrides: settings.modelOverrides,
  });
  const listing = createListing(options, catalogue);
  const defaultModels = providers.map(({ provider }) =>
    provider.name === "openai" ? settings.openaiModel : bedrockModel,
  );
  for (const warning of startWarnings(catalogue, defaultModels, settings.modelOverrides)) {
    log.warn({}, warning);
  }
  const schemaChecker = createSchemaChecker();
  const pipeline = buildPipeline(
    {
      trace: trace({ tracer: otel.getTracer("axonflow-gateway") }),
      deadline: deadline({ clock }),
      answerSchema: answerSchema({ checker: schemaChecker }),
      router: router({
        catalogue,
        defaultModel,
        pinnedDefaults: new Map([["openai", settings.openaiModel]]),
        places: providers.map(({ place }) => place),
      }),
      failover: failover(),
      hop: hop({ clock }),
      attemptTimeout: attemptTimeout({
        clock,
        firstEventTimeoutMs: settings.attemptTimeoutMs,
        idleTimeoutMs: settings.idleTimeoutMs,
      }),
    },
    byName(providers.map(({ provider }) => provider)),
  );
  const gate = createGate({ clock });
  const { maxMessageBytes, callTimeoutMs, corsOrigins, host } = settings;
  const front: Front = {
    intake: createIntake({ handle: pipeline.handle, gate, clock, callTimeoutMs }),
    models: createModels({ catalogue, gate }),
    authenticate: licenseKeys.length > 0 ? authenticateBy(licenseKeys) : authenticateNobody,
    gate,
    log,
    maxMessageBytes,
    callTimeoutMs,
    corsOrigins,
  };
  const doors: Door[] = [];
  const close = async () => {
    await Promise.all(doors.map((door) => door.close()));
    for (const { provider } of providers) provider.close();
    schemaChecker.close();
    listing?.close();
  };
  try {
    const http = await openHttpDoor(front, { host, port: settings.httpPort });
    doors.push(http);
    const grpc = await openGrpcDoor(front, { host, port: settings.grpcPort });
    doors.push(grpc);
    listing?.start();
    return {
      httpPort: http.port,
      grpcPort: grpc.port,
      layers: pipeline.layers,
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

/** A gateway behind a VPC endpoint must not call the internet: its control plane has to be configured. */
function createListing({ settings, region, log }: AppOptions, catalogue: Catalogue) {
  const { bedrockEndpointUrl, bedrockControlEndpointUrl: controlEndpointUrl } = settings;
  const isKnown = bedrockEndpointUrl === undefined || controlEndpointUrl !== undefined;
  if (region === undefined || !isKnown || settings.modelRefreshMs === 0) return undefined;
  return createModelListing({
    region,
    controlEndpointUrl,
    refreshMs: settings.modelRefreshMs,
    onListed: (listed) => catalogue.takeListing(region, listed),
    log,
  });
}

/** A provider, and where it serves what. */
interface PlacedProvider {
  readonly provider: Provider;
  readonly place: ServingPlace;
}

/** Every provider that is configured, in the order in which they are asked. */
function createProviders(settings: Settings, region: string | undefined): PlacedProvider[] {
  return [...createBedrock(settings, region), ...createOpenAi(settings)];
}

function createBedrock(settings: Settings, region: string | undefined): PlacedProvider[] {
  if (region === undefined) return [];
  const { bedrockGuardrailId: id, bedrockGuardrailVersion: version } = settings;
  const provider = createBedrockProvider({
    region,
    endpointUrl: settings.bedrockEndpointUrl,
    transport: settings.bedrockTransport,
    guardrail: id && version ? { id, version } : undefined,
    serviceTier: settings.bedrockServiceTier,
    latencyProfile: settings.bedrockLatencyProfile,
  });
  return [{ provider, place: { provider: provider.name, region, families: bedrockFamilies } }];
}

function createOpenAi(settings: Settings): PlacedProvider[] {
  const { openaiApiKey: apiKey, openaiBaseUrl: baseUrl } = settings;
  if (apiKey === undefined) return [];
  const provider = createOpenAiProvider({
    apiKey,
    baseUrl,
    organization: settings.openaiOrganization,
    project: settings.openaiProject,
  });
  const region = openAiRegion(baseUrl);
  const place = { provider: provider.name, region, families: openAiFamilies };
  return [{ provider, place }];
}

/** Hands each attempt to the provider that its endpoint names. */
function byName(providers: readonly Provider[]): Handler<Attempt> {
  const named = new Map(providers.map((provider) => [provider.name, provider]));
  return async (attempt) => {
    const provider = named.get(attempt.endpoint.provider);
    if (!provider) throw new Error(`no provider ${attempt.endpoint.provider}`);
    return provider.complete(attempt);
  };
}
