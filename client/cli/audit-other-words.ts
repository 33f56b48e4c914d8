import type { AuditEntry } from "../sdk/node.ts";

/** What stands in fields of their own. */
const known: ReadonlySet<string> = new Set(["call", "result", "hmac", "action", "by", "keyId"]);

/** What could be taken for a field of the same name. */
const titles: ReadonlyMap<string, string> = new Map([
  ["request", "texts of the request"],
  ["answer", "texts of the answer"],
]);

/** What an entry says beyond the contract's fields, for example what was changed, or the texts; names as they were written. */
export function otherWords({ json }: AuditEntry): (readonly [name: string, value: string])[] {
  return Object.entries(contentOf(json))
    .filter(([name]) => !known.has(name))
    .map(
      ([name, value]) =>
        [titles.get(name) ?? name, typeof value === "string" ? value : words(value)] as const,
    );
}

/** Short values on one line, long ones on many. */
function words(value: unknown): string {
  const line = JSON.stringify(value);
  return line.length <= 100 ? line : JSON.stringify(value, null, 2);
}

/** A later version may write what this one does not know. */
function contentOf(json: string): object {
  try {
    const content: unknown = JSON.parse(json || "{}");
    return typeof content === "object" && content !== null ? content : {};
  } catch {
    return {};
  }
}
