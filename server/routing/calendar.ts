import type { Clock } from "../core/clock.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** Tells the day in UTC, for example `2026-11-23`; ISO days compare as text. Written once a day, asked by every call. */
export function createCalendar(clock: Pick<Clock, "epochMs">): () => string {
  let dayNumber = Number.NaN;
  let day = "";
  return () => {
    const number = Math.floor(clock.epochMs() / dayMs);
    if (number !== dayNumber) {
      dayNumber = number;
      day = new Date(number * dayMs).toISOString().slice(0, 10);
    }
    return day;
  };
}
