import {
  type ApiName,
  type CallAddress,
  foundationModelId,
  type Operation,
} from "./call-address.ts";
import { faultKinds } from "./fault-kinds.ts";
import type { FaultAction, FaultPlace, FaultRule } from "./fault-rule.ts";

/** The fault chosen for one call, with its place settled. */
export interface Fault {
  readonly action: FaultAction;
  readonly at: FaultPlace | "throughout";
  readonly afterTokens: number;
}

/** The rules in force; each counts the calls that match it. */
export interface Faults {
  readonly rules: readonly FaultRule[];
  /** Replaces all rules; counting starts again. */
  set(rules: readonly FaultRule[]): void;
  add(rule: FaultRule): void;
  /** Counts the call with every rule that matches it and gives the first fault that is due. */
  take(address: CallAddress): Fault | undefined;
}

const usualAfterTokens = 2;

/** Creates a rule book. */
export function createFaults(initial: readonly FaultRule[] = []): Faults {
  let counted = initial.map((rule) => ({ rule, calls: 0 }));
  return {
    get rules() {
      return counted.map(({ rule }) => rule);
    },
    set(rules) {
      counted = rules.map((rule) => ({ rule, calls: 0 }));
    },
    add(rule) {
      counted.push({ rule, calls: 0 });
    },
    take(address) {
      let due: Fault | undefined;
      for (const entry of counted) {
        const at = placeOf(entry.rule.action, address.operation);
        if (!at || !matches(entry.rule, address)) continue;
        entry.calls += 1;
        if (isDue(entry.rule, entry.calls)) due ??= settle(entry.rule.action, at);
      }
      return due;
    },
  };
}

/** The APIs that answer prompts; others are struck only by a rule that names them. */
const promptApis: readonly ApiName[] = ["invoke", "converse", "chat-completions"];

/** A rule for an operation or a model that it cannot strike simply does not match. */
function matches(
  { api, modelId, region, operation = "both" }: FaultRule,
  call: CallAddress,
): boolean {
  const isApi = api === undefined ? promptApis.includes(call.api) : api === call.api;
  const isModel =
    modelId === undefined ||
    modelId === call.modelId ||
    modelId === foundationModelId(call.modelId);
  const isRegion = region === undefined || region === call.region;
  return isApi && isModel && isRegion && (operation === "both" || operation === call.operation);
}

function isDue({ nthCall, fromCall = 1, times }: FaultRule, calls: number): boolean {
  if (nthCall !== undefined) return calls === nthCall;
  return calls >= fromCall && (times === undefined || calls < fromCall + times);
}

function placeOf(action: FaultAction, operation: Operation): Fault["at"] | undefined {
  const places = faultKinds[action.kind][operation];
  if (places === "throughout") return places;
  const wanted = "at" in action ? action.at : undefined;
  return wanted === undefined ? places[0] : places.find((place) => place === wanted);
}

function settle(action: FaultAction, at: Fault["at"]): Fault {
  const afterTokens = "afterTokens" in action ? action.afterTokens : undefined;
  return { action, at, afterTokens: afterTokens ?? usualAfterTokens };
}
