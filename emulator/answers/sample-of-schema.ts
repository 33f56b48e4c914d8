import { isJsonObject, type JsonObject } from "../json.ts";

const deepestOptional = 4;
const deepestAtAll = 24;

/**
 * A value that fits a JSON schema, always the same for the same schema: every property, as few
 * items as allowed but one, the first of `enum`, `anyOf` and `oneOf`. It does not read `pattern`,
 * `not` and conditions; an optional part that refers to itself ends after a few levels.
 */
export function sampleOfSchema(schema: unknown): unknown {
  return sample(schema, { root: schema, depth: 0, index: 0 });
}

interface Place {
  /** Where references begin. */
  readonly root: unknown;
  readonly depth: number;
  /** Position in an array, so that its items differ. */
  readonly index: number;
}

function sample(schema: unknown, place: Place): unknown {
  if (!isJsonObject(schema) || place.depth > deepestAtAll) return "sample";
  const resolved = resolveSchema(schema, place.root);
  if ("const" in resolved) return resolved.const;
  if (Array.isArray(resolved.enum)) return resolved.enum[place.index % resolved.enum.length];
  const [choice] = listAt(resolved, "anyOf") ?? listAt(resolved, "oneOf") ?? [];
  if (choice !== undefined)
    return sample({ ...withoutChoices(resolved), ...asObject(choice) }, deeper(place));
  return sampleOfType(typeOf(resolved), resolved, place);
}

function sampleOfType(type: string, schema: JsonObject, place: Place): unknown {
  switch (type) {
    case "object":
      return sampleObject(schema, place);
    case "array":
      return sampleArray(schema, place);
    case "integer":
    case "number":
      return sampleNumber(schema, type === "integer", place.index);
    case "boolean":
      return place.index % 2 === 0;
    case "null":
      return null;
    default:
      return sampleString(schema, place.index);
  }
}

function sampleObject(schema: JsonObject, place: Place): JsonObject {
  const properties = asObject(schema.properties);
  const required = stringsAt(schema, "required");
  const names = [...new Set([...Object.keys(properties), ...required])];
  const kept = names.filter((name) => place.depth < deepestOptional || required.includes(name));
  const inside = { ...deeper(place), index: 0 };
  return Object.fromEntries(kept.map((name) => [name, sample(properties[name] ?? {}, inside)]));
}

function sampleArray(schema: JsonObject, place: Place): unknown[] {
  const prefix = listAt(schema, "prefixItems") ?? [];
  const usual = place.depth < deepestOptional ? Math.max(1, prefix.length) : 0;
  const least = numberAt(schema, "minItems") ?? usual;
  const length = Math.min(
    Math.max(least, usual),
    numberAt(schema, "maxItems") ?? Math.max(least, usual),
  );
  return Array.from({ length }, (_, index) =>
    sample(prefix[index] ?? schema.items ?? {}, { ...deeper(place), index }),
  );
}

function sampleNumber(schema: JsonObject, isInteger: boolean, index: number): number {
  const step = numberAt(schema, "multipleOf") ?? (isInteger ? 1 : 0.5);
  const above = numberAt(schema, "exclusiveMinimum");
  const below = numberAt(schema, "exclusiveMaximum");
  const least = numberAt(schema, "minimum") ?? (above === undefined ? undefined : above + step);
  const most = numberAt(schema, "maximum") ?? (below === undefined ? undefined : below - step);
  const start = least ?? Math.min(step, most ?? step);
  const rounded = Math.ceil(start / step) * step + index * step;
  return most !== undefined && rounded > most ? most : rounded;
}

const formats: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00Z",
  duration: "P1D",
  email: "sample@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

function sampleString(schema: JsonObject, index: number): string {
  const format = typeof schema.format === "string" ? schema.format : "";
  if (Object.hasOwn(formats, format)) return formats[format] ?? "";
  const text = index === 0 ? "sample" : `sample ${index + 1}`;
  return text
    .padEnd(numberAt(schema, "minLength") ?? 0, "x")
    .slice(0, numberAt(schema, "maxLength") ?? Number.POSITIVE_INFINITY);
}

/** Follows `$ref` and merges `allOf`, as far as there are any. */
export function resolveSchema(schema: JsonObject, root: unknown): JsonObject {
  let resolved = schema;
  for (let steps = 0; steps < deepestAtAll; steps += 1) {
    const { $ref, allOf, ...rest } = resolved;
    if (typeof $ref === "string") resolved = { ...asObject(follow($ref, root)), ...rest };
    else if (Array.isArray(allOf))
      resolved = allOf.reduce<JsonObject>(
        (all, each) => merge(all, resolveSchema(asObject(each), root)),
        rest,
      );
    else break;
  }
  return resolved;
}

function merge(one: JsonObject, other: JsonObject): JsonObject {
  return {
    ...one,
    ...other,
    properties: { ...asObject(one.properties), ...asObject(other.properties) },
    required: [...stringsAt(one, "required"), ...stringsAt(other, "required")],
  };
}

/** A reference inside the schema, such as `#/$defs/city` (RFC 6901). */
function follow(reference: string, root: unknown): unknown {
  const steps = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  return steps.reduce<unknown>((at, step) => {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    return isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, root);
}

/** The first type that is not null; a schema without one is told by its members. */
export function typeOf(schema: JsonObject): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const type = types.find((each) => each !== "null") ?? types[0];
  if (typeof type === "string") return type;
  if (isJsonObject(schema.properties) || schema.required !== undefined) return "object";
  return schema.items !== undefined || schema.prefixItems !== undefined ? "array" : "string";
}

function withoutChoices({ anyOf: _, oneOf: __, ...rest }: JsonObject): JsonObject {
  return rest;
}

function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listAt(schema: JsonObject, name: string): readonly unknown[] | undefined {
  const value = schema[name];
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

function stringsAt(schema: JsonObject, name: string): readonly string[] {
  return (listAt(schema, name) ?? []).filter((each) => typeof each === "string");
}

function numberAt(schema: JsonObject, name: string): number | undefined {
  const value = schema[name];
  return typeof value === "number" ? value : undefined;
}
