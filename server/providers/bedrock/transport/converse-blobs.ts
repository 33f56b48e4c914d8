import { type JsonObject, textAt } from "../../codec-parts/json.ts";

/** Members of Converse that the SDK holds as bytes and the wire as base64 (AWS: ImageSource, ReasoningContentBlock, …). */
const blobs: ReadonlySet<string> = new Set(["bytes", "redactedContent"]);

/** Members whose content is the caller's or the model's own: nothing in them means anything to Converse. */
const freeForm: ReadonlySet<string> = new Set([
  "input",
  "json",
  "additionalModelRequestFields",
  "additionalModelResponseFields",
  "promptVariables",
  "requestMetadata",
]);

/** A Converse body as the SDK's command takes it: base64 becomes bytes wherever Converse says that bytes stand. */
export function toSdkInput(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSdkInput);
  if (typeof value !== "object" || value === null) return value;
  return mapMembers(value as JsonObject, (name, member) => {
    if (freeForm.has(name)) return member;
    const base64 = blobs.has(name) ? textAt(member) : undefined;
    return base64 === undefined ? toSdkInput(member) : Buffer.from(base64, "base64");
  });
}

/**
 * What the SDK read, as it was on the wire: bytes become base64 again, and numbers that JavaScript cannot hold exactly
 * become what `JSON.parse` makes of them.
 */
export function fromSdkOutput(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(fromSdkOutput);
  if (typeof value !== "object" || value === null) return value;
  if (isBigDecimal(value)) return Number(value.string);
  return mapMembers(value as JsonObject, (_, member) => fromSdkOutput(member));
}

/** The SDK's `NumericValue`. */
function isBigDecimal(value: object): value is { readonly string: string } {
  return "type" in value && value.type === "bigDecimal" && value.constructor !== Object;
}

/** Members that are undefined are left out: on the wire they do not exist. */
function mapMembers(
  object: JsonObject,
  change: (name: string, member: unknown) => unknown,
): JsonObject {
  const members = Object.entries(object).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, change(name, member)]));
}
