import type { Completed } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call, Route, RoutedCall } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import { mapEvents, tapEvents } from "../../core/events.ts";
import type { Layer } from "../../core/layer.ts";
import type { Reply } from "../../core/reply.ts";
import type { PoliciesFor } from "../call-policies.ts";
import {
  type FundedCall,
  type Funding,
  type FundingOptions,
  fundCall,
  type Unfunded,
} from "./fund-call.ts";

export interface BudgetOptions extends FundingOptions {
  readonly policiesFor: PoliciesFor;
  /** The route of a call that asks for another model; throws where it may not or cannot be served. */
  readonly routeTo: (call: Call) => Route;
}

/** A call with its money, and how it became another than the one that was asked. */
interface Admitted extends FundedCall {
  readonly downgradedFrom?: string;
}

/**
 * Sets money aside for every call and settles what it took, whether or not a budget is about it: each call that reached
 * a provider leaves one usage record. A call for which a budget has no room is made shorter, moved to a cheaper model
 * where the budget says so, or refused.
 */
export function budget(options: BudgetOptions): Layer<RoutedCall> {
  return {
    name: "budget",
    wrap: (next) => async (asked) => {
      const admitted = await admit(asked, options);
      const { call, spending } = admitted;
      try {
        const reply = await next(call);
        const events = tapEvents(reply.events, { end: () => spending.close() });
        return marked({ ...reply, events }, admitted);
      } catch (error) {
        spending.close();
        throw isChanged(admitted) ? explained(error, admitted) : error;
      }
    },
  };
}

/** How many models a call is moved through before it is refused. */
const mostDowngrades = 4;

/** A cheaper model before a shorter answer, and a shorter answer before none. */
async function admit(asked: RoutedCall, options: BudgetOptions): Promise<Admitted> {
  const { watch } = options;
  const seen = new Set<string>();
  let call = asked;
  let full: Unfunded | undefined;
  for (let moves = 0; moves <= mostDowngrades; moves++) {
    const funding = fundingOf(call, options);
    seen.add(funding.model);
    const canMove = funding.budgets.some(({ action }) => action.kind === "downgrade");
    let funded = await fundCall(call, { ...funding, mayClamp: !canMove }, options);
    if (!("spending" in funded)) {
      full ??= funded;
      const cheaper = canMove ? movedBy(funded, call, seen, options) : undefined;
      if (cheaper) {
        watch.downgraded(funded.budget.name);
        call = cheaper;
        continue;
      }
      if (canMove) funded = await fundCall(call, { ...funding, mayClamp: true }, options);
    }
    if ("spending" in funded) {
      const { model } = asked.request;
      return call === asked ? funded : { ...funded, downgradedFrom: model || "the default" };
    }
    break;
  }
  watch.refused(full?.budget.name ?? "");
  throw full?.error ?? GatewayError.from(new Error("a call was neither funded nor refused"));
}

function fundingOf(call: Call, { policiesFor }: BudgetOptions): Omit<Funding, "mayClamp"> {
  const { budgets, model } = policiesFor(call);
  return { kind: "call", budgets, model };
}

/** The call as it goes to the full budget's cheaper model; undefined where the budget has none, or it cannot be asked. */
function movedBy(
  { budget: { action } }: Unfunded,
  call: RoutedCall,
  seen: ReadonlySet<string>,
  { routeTo, policiesFor }: BudgetOptions,
): RoutedCall | undefined {
  if (action.kind !== "downgrade") return undefined;
  const moved = { ...call, request: { ...call.request, model: action.model } };
  try {
    if (seen.has(policiesFor(moved).model)) return undefined;
    return { ...moved, route: routeTo(moved) };
  } catch {
    return undefined;
  }
}

function isChanged({ clampedMaxTokens, downgradedFrom }: Admitted): boolean {
  return clampedMaxTokens !== undefined || downgradedFrom !== undefined;
}

/** What the answer says about how it differs from what was asked. */
function marksOf({
  clampedMaxTokens,
  downgradedFrom,
}: Admitted): Partial<Pick<Completed, "clampedMaxTokens" | "downgradedFrom">> {
  return {
    ...(clampedMaxTokens !== undefined && { clampedMaxTokens }),
    ...(downgradedFrom !== undefined && { downgradedFrom }),
  };
}

function marked(reply: Reply, admitted: Admitted): Reply {
  if (!isChanged(admitted)) return reply;
  const marks = marksOf(admitted);
  const events = mapEvents(reply.events, {
    event: (event) =>
      event.case === "completed"
        ? { case: "completed", value: { ...event.value, ...marks } }
        : event,
  });
  return { ...reply, events };
}

/** A refusal of the other model, or of the lower limit, would be a riddle to a caller who asked for neither. */
function explained(thrown: unknown, { clampedMaxTokens, downgradedFrom }: Admitted): GatewayError {
  const error = GatewayError.from(thrown);
  const metadata = {
    ...error.metadata,
    ...(clampedMaxTokens !== undefined && { clamped_max_tokens: String(clampedMaxTokens) }),
    ...(downgradedFrom !== undefined && { downgraded_from: downgradedFrom }),
  };
  return error.with({ metadata });
}
