import assert from "node:assert/strict";
import {
  type Completed,
  HopReason,
  ServiceTier,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Call, Endpoint, RoutedCall } from "../../../../server/core/call.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { Handler } from "../../../../server/core/layer.ts";
import type { BudgetPolicy } from "../../../../server/core/policy.ts";
import type { Reply } from "../../../../server/core/reply.ts";
import { attemptBudget } from "../../../../server/policies/budget/attempt-budget.ts";
import { budget } from "../../../../server/policies/budget/budget.ts";
import { worstCase } from "../../../../server/policies/budget/worst-case.ts";
import { policiesOf, sampleBudget, sampleFunding } from "../../../fakes/budgets.ts";
import { sampleEndpoint, sampleRequest, sampleRoutedCall } from "../../../fakes/calls.ts";
import { completedEvent, textEvent } from "../../../fakes/completion-events.ts";
import { scriptedHandler, scriptedReply } from "../../../fakes/scripted-handler.ts";

export const usualTier = () => ServiceTier.UNSPECIFIED;
export const request = sampleRequest({ maxTokens: 1000 });
export const endpoint = sampleEndpoint();
/** 8 tokens in and 6 out, at 3 and 15 USD a million. */
export const answerNanoUsd = 8n * 3000n + 6n * 15_000n;
export const worstNanoUsd = worstCase(endpoint, { request, usualTier })?.nanoUsd ?? assert.fail();

/** The two layers of money over providers that answer by a script, each endpoint of the route in turn. */
export function stage(providers: Handler<Attempt>, ...policies: readonly BudgetPolicy[]) {
  const funding = sampleFunding();
  const route = { endpoints: [sampleEndpoint({ model: "cheap" })] } as const;
  const routed: Call[] = [];
  const layer = budget({
    ...funding,
    policiesFor: policiesOf(...policies),
    routeTo(call) {
      routed.push(call);
      if (call.request.model === "forbidden") throw new Error("not for this key");
      return route;
    },
  });
  const oneByOne: Handler<RoutedCall> = async (call) => {
    let failure: unknown;
    for (const [index, endpoint] of call.route.endpoints.entries()) {
      const attempt = { ...call, endpoint, number: index + 1, reason: HopReason.FIRST };
      try {
        return await attemptBudget({ usualTier }).wrap(providers)(attempt);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
  return { ...funding, routed, handle: layer.wrap(oneByOne) };
}

export const answers = () => {
  const good = () => scriptedReply(textEvent("Paris."), completedEvent());
  return scriptedHandler<Attempt>(good(), good());
};

export async function completedOf(reply: Reply): Promise<Completed> {
  for await (const event of reply.events) if (event.case === "completed") return event.value;
  return assert.fail("no end");
}

export async function refusal(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    return GatewayError.from(error);
  }
  return assert.fail("it was served");
}

export const callOf = (endpoints: readonly [Endpoint, ...Endpoint[]] = [endpoint], change = {}) =>
  sampleRoutedCall(endpoints, { request, ...change });

export const limited = (nanoUsd: bigint, change: Partial<BudgetPolicy> = {}) =>
  sampleBudget({
    limits: [{ period: "day", rolling: false, limitNanoUsd: nanoUsd }],
    ...change,
  });
