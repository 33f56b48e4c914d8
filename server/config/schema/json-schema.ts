/** A piece of JSON Schema, draft 7: the version that every editor reads. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A map's members by name: which there are, and what each may be. */
export type MemberSchemas = Readonly<Record<string, JsonSchema>>;

/** Whatever stands in one place: YAML reads some texts as numbers or as true and false. */
export function plainText(form?: RegExp): JsonSchema {
  const type = ["string", "number", "boolean"];
  return form ? { type, pattern: form.source } : { type };
}

/** One of a few words; where YAML would read a word as a number, the number too. */
export function words(values: readonly string[]): JsonSchema {
  const numbers = values.filter((value) => /^\d+(?:\.\d+)?$/.test(value)).map(Number);
  return { enum: [...values, ...numbers] };
}

/** A whole number, with or without quotes. */
export function wholeNumberWithin(least: number, most: number): JsonSchema {
  return { type: ["integer", "string"], minimum: least, maximum: most, pattern: "^[0-9]+$" };
}

/** A number, with or without quotes. */
export function decimalWithin(least: number, most: number): JsonSchema {
  const pattern = "^[0-9]+(?:\\.[0-9]+)?$";
  return { type: ["number", "string"], minimum: least, maximum: most, pattern };
}

/** `true` or `false`, with or without quotes. */
export const trueOrFalse: JsonSchema = { type: ["boolean", "string"], pattern: "^(?:true|false)$" };

/** A list, which is not empty: that could mean all or nothing. */
export function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", minItems: 1, items };
}

/** A map that has these members and no others. */
export function mapOf(members: MemberSchemas, required: readonly string[] = []): JsonSchema {
  return {
    type: "object",
    properties: members,
    additionalProperties: false,
    minProperties: 1,
    ...(required.length > 0 && { required }),
  };
}

/** A map whose names are the operator's own. */
export function namesTo(value: JsonSchema, names?: RegExp): JsonSchema {
  const named = names && { propertyNames: { pattern: names.source } };
  return { type: "object", additionalProperties: value, minProperties: 1, ...named };
}

/** Any of several forms. */
export function anyOf(...forms: readonly JsonSchema[]): JsonSchema {
  return { anyOf: forms };
}

/** A map whose other members depend on its `type`. */
export function byType(schemas: ReadonlyMap<string, JsonSchema>): JsonSchema {
  return {
    type: "object",
    required: ["type"],
    properties: { type: words([...schemas.keys()]) },
    allOf: [...schemas].map(([type, schema]) => ({
      if: { properties: { type: { const: type } }, required: ["type"] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
      then: schema,
    })),
  };
}
