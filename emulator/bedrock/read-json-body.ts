import { BedrockException } from "../bedrock-exception.ts";
import { isJsonObject, type JsonObject, parseJson } from "../json.ts";
import { malformed } from "./validation.ts";

/** Reads a body that is a JSON object; anything else is a ValidationException. */
export function readJsonBody(body: Buffer): JsonObject {
  const json = parseJson(body.toString());
  if (json === undefined) throw new BedrockException("ValidationException");
  if (!isJsonObject(json)) throw malformed(["#: expected type: JSONObject"]);
  return json;
}
