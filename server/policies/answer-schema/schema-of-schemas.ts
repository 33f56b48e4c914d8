import type { Schema } from "@cfworker/json-schema";

const schema: Schema = { $ref: "#" };
const schemas: Schema = { type: "array", items: schema, minItems: 1 };
const namedSchemas: Schema = { type: "object", additionalProperties: schema };
const count: Schema = { type: "integer", minimum: 0 };
const names: Schema = { type: "array", items: { type: "string" } };
const typeName: Schema = {
  enum: ["array", "boolean", "integer", "null", "number", "object", "string"],
};

/**
 * What a schema must look like for its keywords to mean anything (JSON Schema 2020-12 and the drafts before it, which
 * agree on these). Keywords that are not named here are nobody's mistake.
 */
export const schemaOfSchemas: Schema = {
  type: ["object", "boolean"],
  properties: {
    type: { anyOf: [typeName, { type: "array", items: typeName, minItems: 1 }] },
    enum: { type: "array" },
    properties: namedSchemas,
    patternProperties: {
      type: "object",
      propertyNames: { format: "regex" },
      additionalProperties: schema,
    },
    additionalProperties: schema,
    propertyNames: schema,
    required: names,
    minProperties: count,
    maxProperties: count,
    items: { anyOf: [schema, { type: "array", items: schema }] },
    prefixItems: schemas,
    contains: schema,
    minItems: count,
    maxItems: count,
    uniqueItems: { type: "boolean" },
    minimum: { type: "number" },
    maximum: { type: "number" },
    multipleOf: { type: "number", exclusiveMinimum: 0 },
    minLength: count,
    maxLength: count,
    pattern: { type: "string", format: "regex" },
    format: { type: "string" },
    allOf: schemas,
    anyOf: schemas,
    oneOf: schemas,
    not: schema,
    if: schema,
    // biome-ignore lint/suspicious/noThenProperty: it is the name of a keyword of JSON Schema
    then: schema,
    else: schema,
    $ref: { type: "string" },
    $defs: namedSchemas,
    definitions: namedSchemas,
  },
};
