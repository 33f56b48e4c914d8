import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import {
  type CompleteRequest,
  CompleteRequestSchema,
  type ContentBlockSchema,
  HopReason,
  Role,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Price, PriceSchema } from "../../gen/axonflow/gateway/v1/money_pb.ts";
import type { Attempt, Call, Endpoint, RoutedCall } from "../../server/core/call.ts";
import { ordinaryTraits } from "../../server/core/model-traits.ts";

/** A text block as a request holds it. */
export function textBlock(text: string): MessageInitShape<typeof ContentBlockSchema> {
  return { block: { case: "text", value: { text } } };
}

/** A normalised request: one message of the user. */
export function sampleRequest(
  change: MessageInitShape<typeof CompleteRequestSchema> = {},
): CompleteRequest {
  return create(CompleteRequestSchema, {
    messages: [{ role: Role.USER, content: [textBlock("What is the capital of France?")] }],
    ...change,
  });
}

/** 3 USD in, 15 USD out, for a million tokens. */
export const samplePrice: Price = create(PriceSchema, {
  inputNanoUsdPerMillionTokens: 3_000_000_000n,
  outputNanoUsdPerMillionTokens: 15_000_000_000n,
});

/** Claude in us-east-1. */
export function sampleEndpoint(change: Partial<Endpoint> = {}): Endpoint {
  return {
    provider: "bedrock",
    region: "us-east-1",
    model: "anthropic.claude-3-5-sonnet-20240620-v1:0",
    family: "anthropic",
    maxOutputTokens: 4096,
    traits: ordinaryTraits,
    prices: { standard: samplePrice },
    ...change,
  };
}

/** A call that nobody aborts and whose deadline is far away. */
export function sampleCall(change: Partial<Call> = {}): Call {
  return {
    id: "00000000-0000-4000-8000-000000000001",
    principal: { name: "test" },
    request: sampleRequest(),
    delivery: "stream",
    arrivedMs: 0,
    signal: new AbortController().signal,
    deadlineMs: 1_000_000,
    context: ROOT_CONTEXT,
    ...change,
  };
}

/** A call that may go to these endpoints; to one when none are named. */
export function sampleRoutedCall(
  endpoints: readonly [Endpoint, ...Endpoint[]] = [sampleEndpoint()],
  change: Partial<Call> = {},
): RoutedCall {
  return { ...sampleCall(change), route: { endpoints } };
}

/** The first try at the sample endpoint. */
export function sampleAttempt(change: Partial<Attempt> = {}): Attempt {
  const endpoint = change.endpoint ?? sampleEndpoint();
  return {
    ...sampleRoutedCall([endpoint]),
    endpoint,
    number: 1,
    reason: HopReason.FIRST,
    ...change,
  };
}
