import { create } from "@bufbuild/protobuf";
import type { Usage } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Cost, CostSchema, type Price } from "../../gen/axonflow/gateway/v1/money_pb.ts";

const million = 1_000_000n;

/**
 * What the tokens cost at a price, in integer nano-USD, rounded up once at the end so that no part is lost. Cache
 * tokens of a model without cache prices cost what input costs.
 */
export function costOf(usage: Usage, price: Price): Cost {
  const input = price.inputNanoUsdPerMillionTokens;
  const parts =
    BigInt(usage.inputTokens) * input +
    BigInt(usage.outputTokens) * price.outputNanoUsdPerMillionTokens +
    BigInt(usage.cacheReadInputTokens) * (price.cacheReadNanoUsdPerMillionTokens ?? input) +
    BigInt(usage.cacheWriteInputTokens) * (price.cacheWriteNanoUsdPerMillionTokens ?? input);
  return create(CostSchema, { nanoUsd: (parts + million - 1n) / million, price });
}
