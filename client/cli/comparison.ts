import type { Model, Price } from "../sdk/node.ts";

/** How many tokens a comparison is about. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
}

/** What tokens cost at a model, in nano-USD, rounded up once as the gateway does: the two parts add up to the total. */
export interface ModelCost {
  readonly inputNanoUsd: bigint;
  readonly outputNanoUsd: bigint;
  readonly totalNanoUsd: bigint;
}

const million = 1_000_000n;

/** By integers alone. Undefined when the gateway has no price for the model. */
export function costOf(model: Model, { input, output }: TokenCounts): ModelCost | undefined {
  const price = priceFor(model, input);
  if (!price) return undefined;
  const inputPart = BigInt(input) * price.inputNanoUsdPerMillionTokens;
  const outputPart = BigInt(output) * price.outputNanoUsdPerMillionTokens;
  const inputNanoUsd = perMillion(inputPart);
  const totalNanoUsd = perMillion(inputPart + outputPart);
  return { inputNanoUsd, outputNanoUsd: totalNanoUsd - inputNanoUsd, totalNanoUsd };
}

function perMillion(amount: bigint): bigint {
  return (amount + million - 1n) / million;
}

/** Long prompts have a price of their own at some models, for the whole call. */
function priceFor({ price, longPromptPrice, longPromptAboveTokens }: Model, input: number) {
  const isLong: boolean = longPromptAboveTokens > 0 && input > longPromptAboveTokens;
  const held: Price | undefined = isLong ? longPromptPrice : price;
  return held;
}

/**
 * What is saved by paying `now` in place of `before`, in per cent with one decimal, rounded to the nearest: "70.0";
 * negative when it is dearer. Undefined when nothing was paid before.
 */
export function savingPercent(before: bigint, now: bigint): string | undefined {
  if (before === 0n) return undefined;
  const saved = before - now;
  const size = saved < 0n ? -saved : saved;
  const perMille = (size * 2000n + before) / (before * 2n);
  const sign = saved < 0n && perMille > 0n ? "-" : "";
  return `${sign}${perMille / 10n}.${perMille % 10n}`;
}
