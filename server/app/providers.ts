import type { Settings } from "../config/settings.ts";
import type { Attempt } from "../core/call.ts";
import type { Handler } from "../core/layer.ts";
import type { Provider } from "../core/provider.ts";
import { bedrockFamilies } from "../providers/bedrock/codecs/choose-codec.ts";
import { createBedrockProvider } from "../providers/bedrock/provider.ts";
import { openAiRegion } from "../providers/openai/address.ts";
import { createOpenAiProvider, openAiFamilies } from "../providers/openai/provider.ts";
import type { ServingPlace } from "../routing/serving-place.ts";

/** A provider in one region, and what it serves there. */
export interface PlacedProvider {
  readonly provider: Provider;
  readonly place: ServingPlace;
  /** Where it is asked; for a region of AWS without a URL of its own, the public endpoint's. */
  readonly url: string;
}

/** Every provider that is configured, in the order in which they are asked. Without a region, Bedrock is off. */
export function createProviders(settings: Settings, region: string | undefined): PlacedProvider[] {
  return [...createBedrock(settings, region), ...createOpenAi(settings)];
}

/** Hands each attempt to the provider of its endpoint's place. */
export function inPlace(providers: readonly PlacedProvider[]): Handler<Attempt> {
  const placed = new Map(providers.map(({ provider, place }) => [placeName(place), provider]));
  return async (attempt) => {
    const name = placeName(attempt.endpoint);
    const provider = placed.get(name);
    if (!provider) throw new Error(`no provider at ${name}`);
    return provider.complete(attempt);
  };
}

function placeName({ provider, region }: { provider: string; region: string }): string {
  return `${provider}/${region}`;
}

function createBedrock(settings: Settings, region: string | undefined): PlacedProvider[] {
  if (region === undefined) return [];
  const { bedrockGuardrailId: id, bedrockGuardrailVersion: version } = settings;
  return bedrockRegions(settings, region).map(({ region: at, endpointUrl }) => {
    const provider = createBedrockProvider({
      region: at,
      endpointUrl,
      transport: settings.bedrockTransport,
      guardrail: id && version ? { id, version } : undefined,
      serviceTier: settings.bedrockServiceTier,
      latencyProfile: settings.bedrockLatencyProfile,
    });
    const place = { provider: provider.name, region: at, families: bedrockFamilies };
    return { provider, place, url: endpointUrl ?? publicUrl(at) };
  });
}

/** Every region that Bedrock is asked in, and where it is there; undefined is AWS's public endpoint. */
function bedrockRegions(settings: Settings, first: string) {
  const {
    bedrockEndpointUrl: firstUrl,
    bedrockFailoverRegions,
    bedrockFailoverEndpointUrl,
  } = settings;
  const urlIn = (region: string, url: string | undefined) => url?.replaceAll("{region}", region);
  return [
    { region: first, endpointUrl: urlIn(first, firstUrl) },
    ...bedrockFailoverRegions.map((region) => ({
      region,
      endpointUrl: urlIn(region, bedrockFailoverEndpointUrl ?? firstUrl),
    })),
  ];
}

/** AWS: Amazon Bedrock endpoints and quotas; China's regions are a partition of their own. */
function publicUrl(region: string): string {
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://bedrock-runtime.${region}.${domain}`;
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
  return [{ provider, place, url: baseUrl }];
}
