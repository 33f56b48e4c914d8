import { type JsonObject, objectAt } from "../codec-parts/json.ts";

/** The members of a schema that strict mode is known to take on every model that has it. */
const plainMembers = new Set([
  "type",
  "title",
  "description",
  "enum",
  "const",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "anyOf",
  "$defs",
  "$ref",
]);

/** Strict mode takes at most ten levels and 5,000 properties (OpenAI: Structured outputs, supported schemas). */
const mostLevels = 10;
const mostProperties = 5000;

/**
 * Whether a schema is within the part of JSON Schema that OpenAI holds a model to by force: objects name all of their
 * properties and require each of them. Asked strictly for anything else, OpenAI refuses the call; asked loosely, the
 * model does its best and the gateway's own check of the answer says whether it did.
 */
export function isStrictSchema(schema: JsonObject): boolean {
  let properties = 0;

  const isStrict = (value: unknown, level: number): boolean => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const part = objectAt(value);
    if (level > mostLevels || Object.keys(part).some((name) => !plainMembers.has(name)))
      return false;
    const inner = [
      ...Object.values(objectAt(part.properties)),
      ...Object.values(objectAt(part.$defs)),
      ...(part.items === undefined ? [] : [part.items]),
      ...(Array.isArray(part.anyOf) ? part.anyOf : []),
    ];
    properties += Object.keys(objectAt(part.properties)).length;
    return (
      isClosed(part) &&
      hasPlainReference(part) &&
      properties <= mostProperties &&
      inner.every((each) => isStrict(each, level + 1))
    );
  };

  return schema.type === "object" && schema.anyOf === undefined && isStrict(schema, 1);
}

/** Something that may be an object says what all of its properties are. */
function isClosed({ type, properties, required, additionalProperties }: JsonObject): boolean {
  const mayBeObject = type === "object" || (Array.isArray(type) && type.includes("object"));
  if (!mayBeObject) return properties === undefined && required === undefined;
  const names = new Set(Array.isArray(required) ? required : []);
  return (
    additionalProperties === false &&
    Object.keys(objectAt(properties)).every((name) => names.has(name))
  );
}

/** References go to the schema itself or to its definitions. */
function hasPlainReference({ $ref }: JsonObject): boolean {
  return $ref === undefined || (typeof $ref === "string" && /^#(?:\/\$defs\/[^/]+)?$/.test($ref));
}
