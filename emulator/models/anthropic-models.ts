import { readModelRows } from "./model.ts";

const profileOnly = { isProfileOnly: true } as const;
const ended = (endOfLife: string) => ({ endOfLife });

/** Claude, from 3 on. The day Claude 3 Opus retired is not known; it was before July 2026. */
export const anthropicModels = readModelRows(
  { family: "anthropic", media: ["image", "document"] },
  [
    [
      "anthropic.claude-3-haiku-20240307-v1:0",
      "Claude 3 Haiku",
      4_096,
      "us eu apac",
      ended("2026-09-10"),
    ],
    [
      "anthropic.claude-3-sonnet-20240229-v1:0",
      "Claude 3 Sonnet",
      4_096,
      "us eu apac",
      ended("2026-07-30"),
    ],
    ["anthropic.claude-3-opus-20240229-v1:0", "Claude 3 Opus", 4_096, "us", ended("2026-06-30")],
    [
      "anthropic.claude-3-5-sonnet-20240620-v1:0",
      "Claude 3.5 Sonnet",
      4_096,
      "us eu apac",
      ended("2026-07-30"),
    ],
    [
      "anthropic.claude-3-5-sonnet-20241022-v2:0",
      "Claude 3.5 Sonnet v2",
      8_192,
      "us apac",
      ended("2026-07-30"),
    ],
    [
      "anthropic.claude-3-5-haiku-20241022-v1:0",
      "Claude 3.5 Haiku",
      8_192,
      "us",
      ended("2026-06-19"),
    ],
    [
      "anthropic.claude-3-7-sonnet-20250219-v1:0",
      "Claude 3.7 Sonnet",
      64_000,
      "us eu apac",
      { ...profileOnly, ...ended("2026-04-28") },
    ],
    [
      "anthropic.claude-sonnet-4-20250514-v1:0",
      "Claude Sonnet 4",
      64_000,
      "us eu apac global",
      { ...profileOnly, ...ended("2026-10-14") },
    ],
    [
      "anthropic.claude-opus-4-20250514-v1:0",
      "Claude Opus 4",
      32_000,
      "us",
      { ...profileOnly, ...ended("2026-05-31") },
    ],
    [
      "anthropic.claude-opus-4-1-20250805-v1:0",
      "Claude Opus 4.1",
      32_000,
      "us",
      { ...profileOnly, ...ended("2027-01-08"), isLegacy: true },
    ],
    [
      "anthropic.claude-sonnet-4-5-20250929-v1:0",
      "Claude Sonnet 4.5",
      64_000,
      "us eu jp au global",
      profileOnly,
    ],
    [
      "anthropic.claude-haiku-4-5-20251001-v1:0",
      "Claude Haiku 4.5",
      64_000,
      "us eu jp au global",
      profileOnly,
    ],
    [
      "anthropic.claude-opus-4-5-20251101-v1:0",
      "Claude Opus 4.5",
      64_000,
      "us eu global",
      profileOnly,
    ],
    ["anthropic.claude-opus-4-6-v1", "Claude Opus 4.6", 128_000, "us eu au global", profileOnly],
    ["anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", 64_000, "us eu jp au global", profileOnly],
    ["anthropic.claude-opus-4-7", "Claude Opus 4.7", 128_000, "us eu jp au global", profileOnly],
    ["anthropic.claude-opus-4-8", "Claude Opus 4.8", 128_000, "us eu jp au global", profileOnly],
    ["anthropic.claude-fable-5", "Claude Fable 5", 128_000, "us eu global", profileOnly],
    ["anthropic.claude-sonnet-5", "Claude Sonnet 5", 128_000, "us eu jp au global", profileOnly],
    ["anthropic.claude-opus-5", "Claude Opus 5", 128_000, "us eu jp au global", profileOnly],
    ["anthropic.claude-fable-5-1", "Claude Fable 5.1", 128_000, "us global", profileOnly],
    ["anthropic.claude-opus-5-5", "Claude Opus 5.5", 128_000, "us eu jp au global", profileOnly],
    [
      "anthropic.claude-sonnet-5-5",
      "Claude Sonnet 5.5",
      128_000,
      "us eu jp au global",
      profileOnly,
    ],
    ["anthropic.claude-haiku-5-5", "Claude Haiku 5.5", 128_000, "us eu jp au global", profileOnly],
  ],
);
