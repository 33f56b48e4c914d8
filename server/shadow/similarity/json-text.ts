const fence = "```";

/** Deeper ones are compared as text. */
const mostLevels = 100;

/**
 * An answer that is a JSON object or array, in a Markdown fence or bare, as the one text that all ways of writing it have:
 * sorted keys, no spaces. Undefined for every other text.
 */
export function canonicalJson(text: string): string | undefined {
  const inner = withoutFence(text.trim());
  if (!/^\s*[[{]/.test(inner)) return undefined;
  try {
    return JSON.stringify(sorted(JSON.parse(inner), 0));
  } catch {
    return undefined;
  }
}

/** By hand: an expression for it would take time that grows faster than the text. */
function withoutFence(text: string): string {
  const isFenced = text.startsWith(fence) && text.endsWith(fence);
  const firstLine = text.indexOf("\n");
  return isFenced && firstLine > 0 ? text.slice(firstLine, -fence.length) : text;
}

function sorted(value: unknown, level: number): unknown {
  if (level > mostLevels) throw new Error("too deep");
  if (Array.isArray(value)) return value.map((item) => sorted(item, level + 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item, level + 1)]));
}
