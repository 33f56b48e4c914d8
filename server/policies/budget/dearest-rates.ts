import {
  type CompleteRequest,
  ServiceTier,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Price } from "../../../gen/axonflow/gateway/v1/money_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import { type PriceList, scaled } from "../../core/money.ts";

/** The highest price of a token on either way, in nano-USD per million. */
export interface Rates {
  readonly input: bigint;
  readonly output: bigint;
}

/** The tier that the configuration asks of a provider for requests that name none. */
export type UsualTier = (provider: string) => ServiceTier;

/** What the dearest rate depends on beside the endpoint. */
export interface RateChoice {
  readonly request: CompleteRequest;
  readonly promptTokens: number;
  /** Whether some of the prompt is to be cached for an hour. */
  readonly isKeptForAnHour: boolean;
  readonly usualTier: UsualTier;
}

const million = 1_000_000n;

/**
 * The dearest that a call can be charged by: tokens read, or written to the cache; the long prompt's price where the
 * prompt may be that long; the dearest service tier that may serve. Undefined where no price is known.
 */
export function dearestRates(endpoint: Endpoint, choice: RateChoice): Rates | undefined {
  if (!endpoint.prices) return undefined;
  const asked = choice.request.serviceTier || choice.usualTier(endpoint.provider);
  const { short, long, aboveTokens } = ratesAt(endpoint, endpoint.prices, asked);
  const tier = choice.promptTokens > aboveTokens ? long : short;
  return choice.isKeptForAnHour ? tier.hour : tier.usual;
}

/** Of one length of prompt: with and without the price of an hour in the cache. */
interface Tier {
  readonly usual: Rates;
  readonly hour: Rates;
}

interface EndpointRates {
  readonly short: Tier;
  readonly long: Tier;
  readonly aboveTokens: number;
}

/** Endpoints live for a day, with the prices of that day. */
const known = new WeakMap<Endpoint, Map<ServiceTier, EndpointRates>>();

function ratesAt(endpoint: Endpoint, prices: PriceList, asked: ServiceTier): EndpointRates {
  const ofEndpoint = known.get(endpoint) ?? new Map<ServiceTier, EndpointRates>();
  known.set(endpoint, ofEndpoint);
  const rates = ofEndpoint.get(asked) ?? worked(endpoint, prices, asked);
  ofEndpoint.set(asked, rates);
  return rates;
}

function worked(endpoint: Endpoint, prices: PriceList, asked: ServiceTier): EndpointRates {
  const { standard, longPrompt } = prices;
  const factors = [million, ...factorsFor(endpoint, prices, asked)];
  const factor = factors.reduce((most, each) => (each > most ? each : most));
  const short = tierOf([scaled(standard, factor)]);
  const long = longPrompt
    ? tierOf([scaled(standard, factor), scaled(longPrompt.price, factor)])
    : short;
  return { short, long, aboveTokens: longPrompt?.aboveTokens ?? Number.POSITIVE_INFINITY };
}

/** OpenAI serves a call without a tier by what the project is set to, which nobody tells us. */
function factorsFor({ provider }: Endpoint, prices: PriceList, asked: ServiceTier): bigint[] {
  const { tierFactorsPerMillion: factors } = prices;
  if (!factors) return [];
  const isOpen = provider === "openai" && asked === ServiceTier.UNSPECIFIED;
  return isOpen ? [...factors.values()] : [factors.get(asked) ?? million];
}

function tierOf(prices: readonly Price[]): Tier {
  const output = most(prices.map((price) => price.outputNanoUsdPerMillionTokens));
  const usual = most(prices.flatMap((price) => inputsOf(price)));
  const hour = most([
    usual,
    ...prices.flatMap((price) => price.cacheWrite1hNanoUsdPerMillionTokens ?? []),
  ]);
  return { usual: { input: usual, output }, hour: { input: hour, output } };
}

function inputsOf(price: Price): readonly bigint[] {
  const input = price.inputNanoUsdPerMillionTokens;
  const read = price.cacheReadNanoUsdPerMillionTokens ?? input;
  return [input, read, price.cacheWriteNanoUsdPerMillionTokens ?? input];
}

function most(amounts: readonly bigint[]): bigint {
  let highest = 0n;
  for (const amount of amounts) if (amount > highest) highest = amount;
  return highest;
}
