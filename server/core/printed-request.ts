import type { CompleteRequest } from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/** A request to be written down: fields that are set, bytes by their number, and not much more than so many characters. */
export function printRequest(request: CompleteRequest, mostCharacters: number): unknown {
  const printed = plain(request, mostCharacters);
  const json = JSON.stringify(printed);
  return json.length <= mostCharacters ? printed : cut(json, mostCharacters);
}

/** A text with a word on what is missing. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).toWellFormed()}… (${text.length - length} more characters)`;
}

function plain(value: unknown, most: number): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return cut(value, most);
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (Array.isArray(value)) return value.map((item) => plain(item, most));
  if (typeof value !== "object" || value === null) return value;
  if (isOneOf(value)) return { [value.case]: plain(value.value, most) };
  const members = Object.entries(value).filter(
    ([name, member]) => name !== "$typeName" && isSet(member),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member, most)]));
}

function isOneOf(value: object): value is { readonly case: string; readonly value: unknown } {
  return "case" in value && typeof value.case === "string" && "value" in value;
}

function isSet(member: unknown): boolean {
  if (member === undefined || member === "" || member === 0) return false;
  if (Array.isArray(member)) return member.length > 0;
  return (
    typeof member !== "object" ||
    member === null ||
    Object.keys(member).length > 0 ||
    member instanceof Uint8Array
  );
}
