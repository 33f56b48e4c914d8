import { isJsonObject, type JsonObject } from "../json.ts";
import { invalidRequest, type OpenAiError } from "./openai-error.ts";

/** The error of a value that is of another type than the API says. */
export function wrongType(param: string, expected: string, value: unknown): OpenAiError {
  const got = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  return invalidRequest(
    `Invalid type for '${param}': expected ${expected}, but got ${got} instead.`,
    { param, code: "invalid_type" },
  );
}

/** The error of a parameter that a model does not take at all. */
export function unsupportedParameter(param: string, remedy = ""): OpenAiError {
  return invalidRequest(
    `Unsupported parameter: '${param}' is not supported with this model.${remedy}`,
    { param, code: "unsupported_parameter" },
  );
}

/** Reads a number within its limits; `null` counts as not said. */
export function readNumber(
  body: JsonObject,
  param: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const value = body[param] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "number") throw wrongType(param, "a decimal", value);
  if (value >= least && value <= most) return value;
  const [bound, side, limit] =
    value < least ? ["below minimum", ">=", least] : ["above maximum", "<=", most];
  throw invalidRequest(
    `Invalid '${param}': decimal ${bound} value. Expected a value ${side} ${limit}, but got ${value} instead.`,
    { param, code: value < least ? "decimal_below_min_value" : "decimal_above_max_value" },
  );
}

/** Reads a text, which may have to be one of some; `null` counts as not said. */
export function readWord(
  body: JsonObject,
  param: string,
  allowed?: readonly string[],
): string | undefined {
  const value = body[param] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw wrongType(param, "a string", value);
  if (!allowed || allowed.includes(value)) return value;
  const list = allowed.map((word) => `'${word}'`).join(", ");
  throw invalidRequest(`Invalid value: '${value}'. Supported values are: ${list}.`, {
    param,
    code: "invalid_value",
  });
}

/** Reads an object; `null` counts as not said. */
export function readObject(value: unknown, param: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw wrongType(param, "an object", value);
}

/** Reads a list; `null` counts as not said. */
export function readList(value: unknown, param: string): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  throw wrongType(param, "an array", value);
}
