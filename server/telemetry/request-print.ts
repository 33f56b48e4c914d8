import type { CompleteRequest } from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/** The most characters of one request, or of one answer, that a log line holds. */
export const mostPrinted = 65_536;

/** A request for a log line: fields that are set, bytes by their number, and no more than a line should hold. */
export function printRequest(request: CompleteRequest): unknown {
  const printed = plain(request);
  const json = JSON.stringify(printed);
  return json.length <= mostPrinted ? printed : cut(json, mostPrinted);
}

/** A text with a word on what is missing. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).toWellFormed()}… (${text.length - length} more characters)`;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return cut(value, mostPrinted);
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isOneOf(value)) return { [value.case]: plain(value.value) };
  const members = Object.entries(value).filter(
    ([name, member]) => name !== "$typeName" && isSet(member),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
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
