import { isJsonObject, type JsonObject } from "../json.ts";
import { invalidRequest, type OpenAiError } from "./openai-error.ts";
import type { OpenAiModel } from "./openai-models.ts";
import { readObject } from "./request-fields.ts";

/** The JSON schema that the answer must fit; undefined for text. `json_object` is any object. */
export function readResponseFormat(value: unknown, model: OpenAiModel): unknown {
  const format = readObject(value, "response_format");
  if (!format || format.type === "text") return undefined;
  if (format.type === "json_object") return { type: "object" };
  const named = format.type === "json_schema" ? format.json_schema : undefined;
  if (!isJsonObject(named) || typeof named.name !== "string") {
    throw invalidRequest("Missing required parameter: 'response_format.json_schema.name'.", {
      param: "response_format.json_schema.name",
      code: "missing_required_parameter",
    });
  }
  if (!model.hasSchemas) {
    throw invalidRequest(
      "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
      { param: "response_format" },
    );
  }
  const { name, schema = {}, strict } = named;
  if (!isJsonObject(schema) || schema.type !== "object") {
    throw badSchema(name, `schema must be a JSON Schema of 'type: "object"'.`);
  }
  if (strict === true) checkStrict(schema, name, "()");
  return schema;
}

function badSchema(name: string, why: string): OpenAiError {
  return invalidRequest(`Invalid schema for response_format '${name}': ${why}`, {
    param: "response_format",
  });
}

const refusedMembers = [
  "minLength",
  "maxLength",
  "patternProperties",
  "allOf",
  "oneOf",
  "not",
  "if",
];

/** In strict mode every object is closed and requires all it names (OpenAI: Structured outputs). */
function checkStrict(schema: JsonObject, name: string, context: string): void {
  const refused = refusedMembers.find((member) => member in schema);
  if (refused) throw badSchema(name, `In context=${context}, '${refused}' is not permitted.`);
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  if (schema.type === "object") checkClosed(schema, Object.keys(properties), name, context);
  const inner = [
    ...Object.entries(properties),
    ...Object.entries(isJsonObject(schema.$defs) ? schema.$defs : {}),
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []).map((each, at) => [String(at), each]),
    ["items", schema.items],
  ];
  for (const [key, value] of inner) {
    if (isJsonObject(value)) checkStrict(value, name, `('${context.slice(1, -1)}${key}')`);
  }
}

function checkClosed(
  { additionalProperties, required }: JsonObject,
  names: readonly string[],
  name: string,
  context: string,
): void {
  if (additionalProperties !== false) {
    throw badSchema(
      name,
      `In context=${context}, 'additionalProperties' is required to be supplied and to be false.`,
    );
  }
  const missing = names.find((each) => !(Array.isArray(required) && required.includes(each)));
  if (missing !== undefined) {
    throw badSchema(
      name,
      `In context=${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
    );
  }
}
