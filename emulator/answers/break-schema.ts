import { isJsonObject, type JsonObject } from "../json.ts";
import { resolveSchema, sampleOfSchema, typeOf } from "./sample-of-schema.ts";

/**
 * A value that does not fit a schema, as close to one that does as can be: an object without its
 * first required property, or with a property of a wrong type. Of a schema that everything fits,
 * it gives a value all the same.
 */
export function breakSchema(schema: unknown): unknown {
  const resolved = isJsonObject(schema) ? resolveSchema(schema, schema) : {};
  const value = sampleOfSchema(schema);
  if (!isJsonObject(value)) return wrongFor(resolved);
  const [required] = Array.isArray(resolved.required) ? resolved.required : [];
  if (typeof required === "string") return without(value, required);
  const [first] = Object.keys(value);
  if (first === undefined) return wrongFor(resolved);
  const properties = isJsonObject(resolved.properties) ? resolved.properties : {};
  const property = properties[first];
  const inner = isJsonObject(property) ? resolveSchema(property, schema) : {};
  return { ...value, [first]: wrongFor(inner) };
}

function without(value: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
}

function wrongFor(schema: JsonObject): unknown {
  return typeOf(schema) === "string" ? [7] : "broken";
}
