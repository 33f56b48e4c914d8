import { setImmediate } from "node:timers/promises";
import type { Call } from "../../core/call.ts";
import { abortError } from "../../core/signals.ts";
import { blocked, promptTooLarge } from "./blocked.ts";
import type { ContentFilters } from "./compile-filters.ts";
import { type PromptPart, promptParts } from "./request-texts.ts";
import type { TextRules } from "./text-rules.ts";
import { createTextWatch } from "./text-watch.ts";

/** After so many characters everybody else has a turn. */
const charactersPerTurn = 64 * 1024;

/** Refuses a request that is too long, or in which something stands that may not. */
export async function checkRequest(
  { request, signal }: Call,
  { limits, foreign, own }: ContentFilters,
): Promise<void> {
  if (limits.length === 0 && !foreign && !own) return;
  const parts = [...promptParts(request)];
  refuseTooLarge(parts, limits);
  let left = charactersPerTurn;
  for (const part of parts) {
    const rules = part.isForeign ? foreign : own;
    if (!rules) continue;
    for (const scanned of scan(part, rules, () => left)) {
      left -= scanned;
      if (left > 0) continue;
      await setImmediate();
      if (signal.aborted) throw abortError(signal);
      left = charactersPerTurn;
    }
  }
}

/** Scans a text in slices, and gives how long each was. */
function* scan(
  { text, reading }: PromptPart,
  rules: TextRules,
  room: () => number,
): Generator<number> {
  const watch = createTextWatch(rules, reading);
  for (let from = 0; from < text.length; ) {
    const slice = text.slice(from, from + room());
    const found = watch.push(slice);
    if (found) throw blocked(found, "request");
    from += slice.length;
    yield slice.length;
  }
  const found = watch.atEnd();
  if (found) throw blocked(found, "request");
}

function refuseTooLarge(parts: readonly PromptPart[], limits: ContentFilters["limits"]): void {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  for (const { policy, maxBytes } of limits) {
    if (bytes > maxBytes) throw promptTooLarge(policy, bytes, maxBytes);
  }
}
