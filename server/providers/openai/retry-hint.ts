import type { IncomingHttpHeaders } from "node:http";
import { textAt } from "../codec-parts/json.ts";

/** Nobody waits longer, in milliseconds. */
const longestMs = 3_600_000;

/** How long to wait where OpenAI throttles and gives no hint. */
const usualMs = 1000;

/**
 * How long OpenAI asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` (seconds, or a date), else the time
 * until the limit that is used up begins anew (OpenAI: Rate limits, headers).
 */
export function retryAfterMs(headers: IncomingHttpHeaders, now = Date.now): number | undefined {
  const found =
    numberOf(textAt(headers["retry-after-ms"])) ??
    secondsOrDate(textAt(headers["retry-after"]), now) ??
    untilReset(headers);
  return found === undefined ? undefined : Math.min(Math.max(Math.ceil(found), 0), longestMs);
}

/** The same for a throttled call, which always gets a number. */
export function throttledForMs(headers: IncomingHttpHeaders, now = Date.now): number {
  return retryAfterMs(headers, now) ?? usualMs;
}

function secondsOrDate(text: string | undefined, now: () => number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = numberOf(text);
  if (seconds !== undefined) return seconds * 1000;
  // Dates begin with the name of a day (RFC 9110, 5.6.7); `Date.parse` reads far more than those.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date - now();
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

/** The limits that OpenAI tells about. */
const limits = ["requests", "tokens"] as const;

/** The reset of the limit of which nothing remains; of either, the later one, where some of both does. */
function untilReset(headers: IncomingHttpHeaders): number | undefined {
  const resets = limits.flatMap((limit) => {
    const resetMs = parseDurationMs(textAt(headers[`x-ratelimit-reset-${limit}`]) ?? "");
    const isSpent = numberOf(textAt(headers[`x-ratelimit-remaining-${limit}`])) === 0;
    return resetMs === undefined ? [] : [{ resetMs, isSpent }];
  });
  const spent = resets.filter(({ isSpent }) => isSpent);
  const counting = spent.length > 0 ? spent : resets;
  return counting.length > 0 ? Math.max(...counting.map(({ resetMs }) => resetMs)) : undefined;
}

const unitMs = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

/** A duration as OpenAI writes it, such as `6m0s`, `1.5s` or `20ms`, in milliseconds; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[dhms]))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(?<amount>[\d.]+)(?<unit>ms|[dhms])/g);
  let sumMs = 0;
  for (const { groups = {} } of parts) {
    sumMs += Number(groups.amount) * (unitMs.get(groups.unit ?? "") ?? 0);
  }
  return sumMs;
}
