import { apiNames } from "./call-address.ts";
import { exceptionNames, isExceptionName } from "./exceptions.ts";
import { faultKinds, isFaultKind } from "./fault-kinds.ts";
import type { FaultRule } from "./fault-rule.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** What a member may be, in words for the error and as a check. */
interface MemberCheck {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const isWhole = (value: unknown, from: number) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= from;
const text: MemberCheck = { expected: "a text", accepts: (value) => typeof value === "string" };
const count: MemberCheck = { expected: "a whole number from 1", accepts: (v) => isWhole(v, 1) };
const amount: MemberCheck = { expected: "a whole number from 0", accepts: (v) => isWhole(v, 0) };
const oneOf = (...allowed: readonly string[]): MemberCheck => ({
  expected: `one of ${allowed.join(", ")}`,
  accepts: (value) => typeof value === "string" && allowed.includes(value),
});

const ruleMembers: Readonly<Record<string, MemberCheck>> = {
  api: oneOf(...apiNames),
  modelId: text,
  region: text,
  operation: oneOf("unary", "stream", "both"),
  nthCall: count,
  fromCall: count,
  times: count,
  action: { expected: "an object", accepts: isJsonObject },
};

const actionMembers: Readonly<Record<string, MemberCheck>> = {
  kind: oneOf(...Object.keys(faultKinds)),
  at: oneOf("response", "first-frame", "mid-stream"),
  afterTokens: amount,
  exception: { expected: `one of ${exceptionNames.join(", ")}`, accepts: isExceptionName },
  message: text,
  retryAfterSeconds: amount,
  errorType: text,
  code: text,
  pieceBytes: count,
  offsets: {
    expected: "a list of whole numbers from 1",
    accepts: (value) => Array.isArray(value) && value.every(count.accepts),
  },
  seed: amount,
};

/** Reads fault rules from parsed JSON; throws an Error that names the mistake and what is allowed. */
export function parseFaultRules(value: unknown): readonly FaultRule[] {
  if (!Array.isArray(value)) throw new Error("Fault rules are not a list");
  return value.map((rule, index) => parseFaultRule(rule, `Fault rule ${index + 1}`));
}

/** Reads one rule; `place` begins the error messages. */
export function parseFaultRule(rule: unknown, place = "Fault rule"): FaultRule {
  if (!isJsonObject(rule)) throw new Error(`${place} is not an object`);
  checkMembers(rule, ruleMembers, Object.keys(ruleMembers), place);
  if (!isJsonObject(rule.action)) throw new Error(`${place} has no "action"`);
  if (rule.nthCall !== undefined && (rule.fromCall ?? rule.times) !== undefined) {
    throw new Error(`${place} has "nthCall" together with "fromCall" or "times"`);
  }
  checkAction(rule.action, rule.operation, place);
  return rule as unknown as FaultRule;
}

function checkAction(action: JsonObject, operation: unknown, place: string): void {
  const { kind, at } = action;
  checkMembers({ kind }, actionMembers, ["kind"], place);
  if (!isFaultKind(kind)) throw new Error(`${place} has no "kind"`);
  const shape = faultKinds[kind];
  const hasChoice = [shape.unary, shape.stream].some(
    (places) => places !== "throughout" && places.length > 1,
  );
  const allowed = ["kind", ...shape.members, ...(hasChoice ? ["at", "afterTokens"] : [])];
  checkMembers(action, actionMembers, allowed, `${place}, fault "${kind}",`);
  if (kind === "exception" && action.exception === undefined) {
    throw new Error(`${place} has no "exception": it is ${actionMembers.exception?.expected}`);
  }
  const struck = (["unary", "stream"] as const).filter(
    (each) => operation === undefined || operation === "both" || operation === each,
  );
  const canStrike = struck.some((each) => {
    const places: readonly unknown[] | "throughout" = shape[each];
    return places === "throughout" || (at === undefined ? places.length > 0 : places.includes(at));
  });
  if (!canStrike) {
    const where = at === undefined ? "" : ` at "${at}"`;
    throw new Error(`${place}: "${kind}" cannot strike${where} in ${struck.join(" or ")} calls`);
  }
}

function checkMembers(
  object: JsonObject,
  checks: Readonly<Record<string, MemberCheck>>,
  allowed: readonly string[],
  place: string,
): void {
  for (const [name, value] of Object.entries(object)) {
    if (!allowed.includes(name)) {
      throw new Error(`${place} has unknown member "${name}"; allowed are ${allowed.join(", ")}`);
    }
    const check = checks[name];
    if (check && value !== undefined && !check.accepts(value)) {
      throw new Error(`${place}: ${name} ${JSON.stringify(value)} is not ${check.expected}`);
    }
  }
}
