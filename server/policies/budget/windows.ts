/// <reference lib="esnext.temporal" />
import type { LedgerWindow } from "../../core/ledger.ts";
import type { BudgetLimit, BudgetPeriod } from "../../core/policy.ts";

const secondMs = 1000;
const dayMs = 24 * 60 * 60 * secondMs;

/** How long rolling windows are; a month is thirty days. */
const lengthsMs: Readonly<Record<BudgetPeriod, number>> = {
  minute: 60 * secondMs,
  hour: 60 * 60 * secondMs,
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
};

/** The window that a limit is counted in at a moment, and until when it is that one, in milliseconds since 1970. */
export interface WindowAt {
  readonly window: LedgerWindow;
  readonly untilEpochMs: number;
}

/** Calendar windows are those of the zone: its days may have 23 or 25 hours. */
export function windowAt(
  { period, rolling }: BudgetLimit,
  zone: string,
  epochMs: number,
): WindowAt {
  if (rolling) {
    const window: LedgerWindow = { kind: "rolling", lengthMs: lengthsMs[period] };
    return { window, untilEpochMs: Number.POSITIVE_INFINITY };
  }
  const now = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
  const start = startOf(now, period);
  const end = start.add({ [`${period}s`]: 1 });
  const window: LedgerWindow = {
    kind: "calendar",
    startEpochMs: start.epochMilliseconds,
    endEpochMs: end.epochMilliseconds,
  };
  return { window, untilEpochMs: window.endEpochMs };
}

function startOf(now: Temporal.ZonedDateTime, period: BudgetPeriod): Temporal.ZonedDateTime {
  switch (period) {
    case "minute":
    case "hour":
      return now.round({ smallestUnit: period, roundingMode: "floor" });
    case "day":
      return now.startOfDay();
    case "week":
      return now.subtract({ days: now.dayOfWeek - 1 }).startOfDay();
    case "month":
      return now.with({ day: 1 }).startOfDay();
  }
}
