import { create } from "@bufbuild/protobuf";
import type { ServiceTier } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Price, PriceSchema } from "../../gen/axonflow/gateway/v1/money_pb.ts";
import { type PriceList, scaled } from "../core/money.ts";
import { nanoUsd, perMillion } from "./decimal.ts";
import type { DatedPrice, ModelEntry, UsdPrice } from "./models/model-entry.ts";

/** What a model costs on a day, called through a geography ("" for its own id) from a region; undefined: not known. */
export function priceListOf(
  entry: ModelEntry,
  geography: string,
  region: string,
  day: string,
): PriceList | undefined {
  const dated = entry.prices.findLast(({ from = "" }) => from <= day);
  if (!dated) return undefined;
  const factor = factorOf(entry, geography, region);
  const own = ownPrice(entry, geography, region);
  const { longPrompt } = dated;
  const at = (price: UsdPrice) => scaledBy(priceOf(price, dated.from), factor);
  return {
    standard: own ? priceOf(own, dated.from) : at(dated),
    ...(longPrompt && {
      longPrompt: { aboveTokens: longPrompt.aboveTokens, price: at(longPrompt) },
    }),
    ...(entry.tierFactors && { tierFactorsPerMillion: tierFactorsOf(entry.tierFactors) }),
  };
}

/** The price of a place that has one of its own, for which no factor stands. */
function ownPrice(
  { regionPrices = {}, profilePrices }: ModelEntry,
  geography: string,
  region: string,
): UsdPrice | undefined {
  if (geography === "") return regionPrices[region];
  const byGeography: Readonly<Record<string, UsdPrice | undefined>> = profilePrices ?? {};
  return byGeography[geography];
}

/** A price of the data as the contract says it. */
export function priceOf(price: UsdPrice, from: DatedPrice["from"] = ""): Price {
  const { cacheRead, cacheWrite, cacheWrite1h } = price;
  return create(PriceSchema, {
    inputNanoUsdPerMillionTokens: nanoUsd(price.input),
    outputNanoUsdPerMillionTokens: nanoUsd(price.output),
    ...(cacheRead !== undefined && { cacheReadNanoUsdPerMillionTokens: nanoUsd(cacheRead) }),
    ...(cacheWrite !== undefined && { cacheWriteNanoUsdPerMillionTokens: nanoUsd(cacheWrite) }),
    ...(cacheWrite1h !== undefined && {
      cacheWrite1hNanoUsdPerMillionTokens: nanoUsd(cacheWrite1h),
    }),
    effectiveFrom: from,
  });
}

/** GovCloud sells at its own price by whatever name. */
function factorOf({ factors }: ModelEntry, geography: string, region: string): string | undefined {
  const byGeography: Readonly<Record<string, string | undefined>> = factors ?? {};
  const isGov = region.startsWith("us-gov-");
  return (isGov ? byGeography["us-gov"] : undefined) ?? byGeography[geography];
}

function scaledBy(price: Price, factor: string | undefined): Price {
  return factor === undefined ? price : scaled(price, perMillion(factor));
}

function tierFactorsOf(
  factors: NonNullable<ModelEntry["tierFactors"]>,
): ReadonlyMap<ServiceTier, bigint> {
  return new Map(
    Object.entries(factors).map(([tier, factor]) => [
      Number(tier) as ServiceTier,
      perMillion(factor ?? "1"),
    ]),
  );
}
