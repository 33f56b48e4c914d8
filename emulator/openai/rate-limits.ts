import type { ReplyHead } from "../exchange.ts";

type Headers = ReplyHead["headers"];

/** What an account with room to spare is told; resets are durations (OpenAI: Rate limits, headers). */
export const freeRateLimits: Headers = {
  "x-ratelimit-limit-requests": 10_000,
  "x-ratelimit-limit-tokens": 2_000_000,
  "x-ratelimit-remaining-requests": 9_999,
  "x-ratelimit-remaining-tokens": 1_999_900,
  "x-ratelimit-reset-requests": "6ms",
  "x-ratelimit-reset-tokens": "3ms",
};

/** What one is told that has no request left for the next twenty seconds. */
export const spentRateLimits: Headers = {
  "x-ratelimit-limit-requests": 3,
  "x-ratelimit-limit-tokens": 2_000_000,
  "x-ratelimit-remaining-requests": 0,
  "x-ratelimit-remaining-tokens": 1_999_900,
  "x-ratelimit-reset-requests": "20s",
  "x-ratelimit-reset-tokens": "3ms",
};
