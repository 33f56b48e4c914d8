import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  parseDurationMs,
  retryAfterMs,
  throttledForMs,
} from "../../../../server/providers/openai/retry-hint.ts";

const noon = Date.parse("2026-11-23T12:00:00Z");

describe("how long OpenAI asks to wait", () => {
  for (const [about, headers, waitMs] of [
    ["milliseconds", { "retry-after-ms": "1500" }, 1500],
    ["parts of a millisecond, rounded up", { "retry-after-ms": "0.5" }, 1],
    ["seconds", { "retry-after": "20" }, 20_000],
    ["parts of a second", { "retry-after": "1.5" }, 1500],
    ["milliseconds before seconds", { "retry-after": "20", "retry-after-ms": "150" }, 150],
    ["a date", { "retry-after": "Mon, 23 Nov 2026 12:00:07 GMT" }, 7000],
    ["a date that has passed", { "retry-after": "Mon, 23 Nov 2026 11:00:00 GMT" }, 0],
    ["the limit of which nothing remains", limits("0", "2s", "900", "6m0s"), 2000],
    ["the later of two limits that are used up", limits("0", "2s", "0", "6m0s"), 360_000],
    ["the later one, where neither is told to be used up", limits("3", "2s", "900", "90ms"), 2000],
    ["a limit whose rest is not told", { "x-ratelimit-reset-tokens": "20ms" }, 20],
    ["an hour at most", { "retry-after": "86400" }, 3_600_000],
    ["nothing", {}, undefined],
    ["words", { "retry-after": "soon", "retry-after-ms": "NaN" }, undefined],
    ["less than nothing", { "retry-after": "-5", "x-ratelimit-reset-tokens": "-1s" }, undefined],
  ] as const) {
    it(`is told by ${about}`, () =>
      assert.equal(
        retryAfterMs(headers, () => noon),
        waitMs,
      ));
  }

  it("is a second where a throttled call is not told", () => {
    assert.equal(throttledForMs({}), 1000);
    assert.equal(throttledForMs({ "retry-after-ms": "7" }), 7);
  });
});

describe("a duration as OpenAI writes it", () => {
  for (const [text, durationMs] of [
    ["1s", 1000],
    ["20ms", 20],
    ["6m0s", 360_000],
    ["1h2m3.5s", 3_723_500],
    ["8.64s", 8640],
    ["1d", 86_400_000],
    ["0s", 0],
    ["", undefined],
    ["7", undefined],
    ["1 s", undefined],
    ["s", undefined],
    ["1s later", undefined],
    ["1e3s", undefined],
  ] as const) {
    it(`${JSON.stringify(text)} is ${durationMs} ms`, () => {
      assert.equal(parseDurationMs(text), durationMs);
    });
  }

  it("is the sum of its parts", () => {
    const part = fc.nat(1000);
    fc.assert(
      fc.property(part, part, part, (hours, minutes, seconds) => {
        const expected = ((hours * 60 + minutes) * 60 + seconds) * 1000;
        assert.equal(parseDurationMs(`${hours}h${minutes}m${seconds}s`), expected);
      }),
    );
  });
});

function limits(requests: string, requestsReset: string, tokens: string, tokensReset: string) {
  return {
    "x-ratelimit-remaining-requests": requests,
    "x-ratelimit-reset-requests": requestsReset,
    "x-ratelimit-remaining-tokens": tokens,
    "x-ratelimit-reset-tokens": tokensReset,
  };
}
