import { isJsonObject } from "../json.ts";
import type { Mishap } from "./aws-service.ts";

/**
 * What goes wrong with a call: a mishap in the service's own words, an error of any name, a
 * connection that breaks, or silence until the caller leaves.
 */
export type AwsFaultAction =
  | { readonly kind: Mishap | "reset" | "stall" }
  | {
      readonly kind: "error";
      readonly code: string;
      readonly message?: string;
      readonly status?: number;
    };

/**
 * Which calls are struck. Without `service` and `operation` all are; every rule counts the calls
 * that it matches, and strikes from the `fromCall`-th (1 if not said) on, `times` times or for good.
 */
export interface AwsFaultRule {
  readonly service?: string;
  readonly operation?: string;
  readonly region?: string;
  readonly fromCall?: number;
  readonly times?: number;
  readonly action: AwsFaultAction;
}

/** The call a rule is held against. */
export interface FaultTarget {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
}

/** Rules that can be changed while calls come in. */
export interface AwsFaults {
  readonly rules: readonly AwsFaultRule[];
  set(rules: readonly AwsFaultRule[]): void;
  add(rule: AwsFaultRule): void;
  /** Counts the call in every rule, and gives the action of the first one that is due. */
  strike(target: FaultTarget): AwsFaultAction | undefined;
}

const kinds = ["throttle", "server-error", "access-denied", "reset", "stall", "error"];
const members = ["service", "operation", "region", "fromCall", "times", "action"];

/** Creates a set of rules. */
export function createAwsFaults(initial: readonly AwsFaultRule[] = []): AwsFaults {
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
    strike(target) {
      const matching = counted.filter(({ rule }) => matches(rule, target));
      for (const each of matching) each.calls += 1;
      return matching.find(({ rule, calls }) => isDue(rule, calls))?.rule.action;
    },
  };
}

/** Reads rules from parsed JSON; throws an Error that names the mistake. */
export function parseAwsFaultRules(value: unknown): readonly AwsFaultRule[] {
  if (!Array.isArray(value)) throw new Error("Fault rules are not a list");
  return value.map(parseAwsFaultRule);
}

/** Reads one rule. */
export function parseAwsFaultRule(value: unknown): AwsFaultRule {
  if (!isJsonObject(value)) throw new Error("A fault rule is not an object");
  const unknown = Object.keys(value).find((member) => !members.includes(member));
  if (unknown) throw new Error(`${unknown} is not one of ${members.join(", ")}`);
  const { action } = value;
  if (!isJsonObject(action) || !kinds.includes(String(action.kind))) {
    throw new Error(`action.kind is not one of ${kinds.join(", ")}`);
  }
  if (action.kind === "error" && typeof action.code !== "string") {
    throw new Error("An action of kind error has no code");
  }
  return value as unknown as AwsFaultRule;
}

function matches({ service, operation, region }: AwsFaultRule, target: FaultTarget): boolean {
  return (
    (service === undefined || service === target.service) &&
    (operation === undefined || operation === target.operation) &&
    (region === undefined || region === target.region)
  );
}

function isDue({ fromCall = 1, times }: AwsFaultRule, calls: number): boolean {
  return calls >= fromCall && (times === undefined || calls < fromCall + times);
}
