import { create } from "@bufbuild/protobuf";
import type { ServiceTier, Usage } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import {
  type Cost,
  CostSchema,
  type Price,
  PriceSchema,
} from "../../gen/axonflow/gateway/v1/money_pb.ts";

/** What one endpoint charges at one time. */
export interface PriceList {
  readonly standard: Price;
  /** What a whole call costs, its output too, when its prompt has more tokens than this, cached ones included. */
  readonly longPrompt?: { readonly aboveTokens: number; readonly price: Price } | undefined;
  /** How the prices of service tiers relate to the standard ones, in millionths: 500,000 is half the price. */
  readonly tierFactorsPerMillion?: ReadonlyMap<ServiceTier, bigint> | undefined;
}

const million = 1_000_000n;

/** The price that holds for a call: by the length of its prompt, and by the service tier that served it. */
export function priceOf(list: PriceList, usage: Usage, tier: ServiceTier): Price {
  const { standard, longPrompt, tierFactorsPerMillion } = list;
  const isLong = longPrompt !== undefined && promptTokensOf(usage) > longPrompt.aboveTokens;
  const price = isLong ? longPrompt.price : standard;
  const factor = tierFactorsPerMillion?.get(tier) ?? million;
  return factor === million ? price : scaled(price, factor);
}

/** Everything that was read: new, from the cache and into the cache. */
export function promptTokensOf(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadInputTokens + usage.cacheWriteInputTokens;
}

/** A price times a factor in millionths, each part rounded up to a whole nano-USD. */
export function scaled(price: Price, factorPerMillion: bigint): Price {
  const times = (amount: bigint) => ceilingOf(amount * factorPerMillion, million);
  const timesIfAny = (amount: bigint | undefined) =>
    amount === undefined ? undefined : times(amount);
  const cacheRead = timesIfAny(price.cacheReadNanoUsdPerMillionTokens);
  const cacheWrite = timesIfAny(price.cacheWriteNanoUsdPerMillionTokens);
  const cacheWrite1h = timesIfAny(price.cacheWrite1hNanoUsdPerMillionTokens);
  return create(PriceSchema, {
    inputNanoUsdPerMillionTokens: times(price.inputNanoUsdPerMillionTokens),
    outputNanoUsdPerMillionTokens: times(price.outputNanoUsdPerMillionTokens),
    ...(cacheRead !== undefined && { cacheReadNanoUsdPerMillionTokens: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteNanoUsdPerMillionTokens: cacheWrite }),
    ...(cacheWrite1h !== undefined && { cacheWrite1hNanoUsdPerMillionTokens: cacheWrite1h }),
    effectiveFrom: price.effectiveFrom,
  });
}

/**
 * What the tokens cost at a price, in integer nano-USD. The sum is rounded up once; the parts are differences of rounded
 * running sums, so they add up to it exactly. Cache tokens of a model without cache prices cost what input costs.
 */
export function costOf(usage: Usage, price: Price): Cost {
  const input = price.inputNanoUsdPerMillionTokens;
  const cacheWrite = price.cacheWriteNanoUsdPerMillionTokens ?? input;
  const cacheWrite1h = price.cacheWrite1hNanoUsdPerMillionTokens ?? cacheWrite;
  const hourTokens = Math.min(usage.cacheWrite1hInputTokens, usage.cacheWriteInputTokens);
  const upToInput = times(usage.inputTokens, input);
  const upToOutput = upToInput + times(usage.outputTokens, price.outputNanoUsdPerMillionTokens);
  const upToCacheRead =
    upToOutput + times(usage.cacheReadInputTokens, price.cacheReadNanoUsdPerMillionTokens ?? input);
  const upToCacheWrite =
    upToCacheRead +
    times(usage.cacheWriteInputTokens - hourTokens, cacheWrite) +
    times(hourTokens, cacheWrite1h);
  const inputNanoUsd = ceilingOf(upToInput, million);
  const beforeCache = ceilingOf(upToOutput, million);
  const beforeCacheWrite = ceilingOf(upToCacheRead, million);
  const nanoUsd = ceilingOf(upToCacheWrite, million);
  return {
    $typeName: CostSchema.typeName,
    nanoUsd,
    inputNanoUsd,
    outputNanoUsd: beforeCache - inputNanoUsd,
    cacheReadNanoUsd: beforeCacheWrite - beforeCache,
    cacheWriteNanoUsd: nanoUsd - beforeCacheWrite,
    price,
  };
}

function times(tokens: number, price: bigint): bigint {
  return tokens === 0 ? 0n : BigInt(tokens) * price;
}

function ceilingOf(amount: bigint, divisor: bigint): bigint {
  return (amount + divisor - 1n) / divisor;
}
