import type { CompleteRequest } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../core/call.ts";
import { dearestRates, type Rates, type UsualTier } from "./dearest-rates.ts";
import { isLimitable, outputBound } from "./output-bound.ts";
import { promptBound, promptSizeOf } from "./prompt-bound.ts";

/** What is asked of an endpoint, as far as its cost goes. */
export interface CostQuestion {
  readonly request: CompleteRequest;
  readonly usualTier: UsualTier;
  /** Only the rest of an answer is asked for. */
  readonly continued?: Continued | undefined;
}

/** The most that one attempt can be charged. */
export interface WorstCase {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly nanoUsd: bigint;
}

const million = 1_000_000n;

/** The most that one attempt at an endpoint can cost; undefined where nobody knows its price. */
export function worstCase(endpoint: Endpoint, question: CostQuestion): WorstCase | undefined {
  const { request, continued } = question;
  const promptTokens = promptBound(request, endpoint, continued?.text);
  const rates = ratesFor(endpoint, question, promptTokens);
  if (!rates) return undefined;
  const outputTokens = outputBound(request, endpoint, continued);
  return { promptTokens, outputTokens, nanoUsd: costAt(rates, promptTokens, outputTokens) };
}

/** The most that one attempt at any of the endpoints can cost with so many output tokens. */
export function worstWith(
  endpoints: readonly Endpoint[],
  question: CostQuestion,
  outputTokens = Number.POSITIVE_INFINITY,
): bigint {
  let most = 0n;
  for (const endpoint of endpoints) {
    const { request, continued } = question;
    const promptTokens = promptBound(request, endpoint, continued?.text);
    const rates = ratesFor(endpoint, question, promptTokens);
    if (!rates) continue;
    const bound = outputBound(request, endpoint, continued);
    const tokens = isLimitable(request, endpoint) ? Math.min(bound, outputTokens) : bound;
    const cost = costAt(rates, promptTokens, tokens);
    if (cost > most) most = cost;
  }
  return most;
}

/** How many output tokens an amount buys at whichever of the endpoints is dearest, and each of them writes. */
export function affordableOutput(
  endpoints: readonly Endpoint[],
  question: CostQuestion,
  nanoUsd: bigint,
): number {
  const { request } = question;
  const each = endpoints.map((endpoint) => {
    const limit = Math.min(
      outputBound(request, endpoint),
      endpoint.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    );
    const promptTokens = promptBound(request, endpoint);
    const rates = ratesFor(endpoint, question, promptTokens);
    if (!rates || rates.output === 0n) return limit;
    const left = nanoUsd * million - BigInt(promptTokens) * rates.input;
    return Math.min(limit, Number(left / rates.output));
  });
  return Math.min(...each);
}

function ratesFor(
  endpoint: Endpoint,
  { request, usualTier }: CostQuestion,
  promptTokens: number,
): Rates | undefined {
  const { isKeptForAnHour } = promptSizeOf(request);
  return dearestRates(endpoint, { request, promptTokens, isKeptForAnHour, usualTier });
}

/** Rounded up once, as a cost is. */
function costAt({ input, output }: Rates, promptTokens: number, outputTokens: number): bigint {
  const amount = BigInt(promptTokens) * input + BigInt(outputTokens) * output;
  return (amount + million - 1n) / million;
}
