import { BedrockException } from "../bedrock-exception.ts";
import type { JsonObject } from "../json.ts";

/** The ValidationException with words of one's own. */
export function invalid(message: string): BedrockException {
  return new BedrockException("ValidationException", { message });
}

/** The ValidationException of a body that does not fit a model's schema, one text per violation. */
export function malformed(violations: readonly string[]): BedrockException {
  return invalid(
    `Malformed input request: ${violations.join("")}, please reformat your input and try again.`,
  );
}

/** Refuses keys that are missing and keys that a model does not know, all in one exception. */
export function checkKeys(
  body: JsonObject,
  allowed: readonly string[],
  required: readonly string[] = [],
  place = "#",
): void {
  const missing = required.filter((key) => body[key] === undefined);
  const extraneous = Object.keys(body).filter((key) => !allowed.includes(key));
  const violations = [
    ...missing.map((key) => `${place}: required key [${key}] not found`),
    ...extraneous.map((key) => `${place}: extraneous key [${key}] is not permitted`),
  ];
  if (violations.length > 0) throw malformed(violations);
}

/** Limits of a number in a body; `isInteger` refuses fractions. */
export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly isInteger?: boolean;
}

/** Reads a number at a JSON path such as `#/top_p`; `undefined` stays, anything outside is refused. */
export function readNumber(
  value: unknown,
  place: string,
  { min, max, isInteger = false }: NumberLimits,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || (isInteger && !Number.isInteger(value))) {
    throw malformed([`${place}: expected type: ${isInteger ? "Integer" : "Number"}`]);
  }
  if (value < min) throw malformed([`${place}: ${value} is not greater or equal to ${min}`]);
  if (value > max) throw malformed([`${place}: ${value} is not less or equal to ${max}`]);
  return value;
}

/** Reads numbers by their names, leaving out those that are not there. */
export function readNumbers(
  body: JsonObject,
  place: string,
  limits: Readonly<Record<string, NumberLimits>>,
): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const [name, limit] of Object.entries(limits)) {
    const value = readNumber(body[name], `${place}/${name}`, limit);
    if (value !== undefined) numbers[name] = value;
  }
  return numbers;
}

/** Reads a length limit for the answer, which the model's own limit bounds in words of its own. */
export function readMaxTokens(value: unknown, place: string, limit: number): number {
  const tokens = readNumber(value, place, {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    isInteger: true,
  });
  if (tokens === undefined || tokens <= limit) return tokens ?? limit;
  throw invalid(
    `The maximum tokens you requested exceed the model limit of ${limit}. Try again with a maximum tokens value lower than ${limit}.`,
  );
}

/** Reads a list of texts; a missing one is empty. */
export function readTexts(value: unknown, place: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw malformed([`${place}: expected type: JSONArray`]);
  return value.map((text: unknown, index) => {
    if (typeof text === "string") return text;
    throw malformed([`${place}/${index}: expected type: String`]);
  });
}
