import { OpenAiError } from "./openai-error.ts";

/** How much a model reasons, from not at all up. */
export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh";

/** A model as Chat Completions serves it. */
export interface OpenAiModel {
  readonly id: string;
  /** The dated name that answers carry. */
  readonly snapshot: string;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** The efforts it takes; none for a model that does not reason. */
  readonly efforts: readonly Effort[];
  /** Where the request does not say. */
  readonly usualEffort: Effort;
  readonly seesImages: boolean;
  /** Whether it answers in JSON of a schema. */
  readonly hasSchemas: boolean;
  /** Whether it takes `stop`, `temperature` and the like even where it reasons. */
  readonly isSampled: boolean;
  /** When tools exclude reasoning: never, where an effort is asked for, or unless `none` is asked for. */
  readonly toolsExclude: "nothing" | "asked-effort" | "any-effort";
  /** Whether prompts may have cache breakpoints. */
  readonly hasBreakpoints: boolean;
}

const plain = { efforts: [], usualEffort: "none", isSampled: true } as const;
const lowToHigh = ["low", "medium", "high"] as const;
const always = { usualEffort: "medium", isSampled: false } as const;
const seeing = { seesImages: true, hasSchemas: true } as const;
const older = { toolsExclude: "nothing", hasBreakpoints: false } as const;

const turbo = { ...plain, ...older, seesImages: false, hasSchemas: false };
const omni = { ...plain, ...older, ...seeing };
const oSeries = { ...always, ...older, ...seeing, efforts: lowToHigh };
const five = { ...always, ...older, ...seeing, efforts: ["minimal", ...lowToHigh] as const };
const fiveOne = {
  ...older,
  ...seeing,
  efforts: ["none", ...lowToHigh] as const,
  usualEffort: "none" as const,
  isSampled: true,
};
const fiveFour = { ...fiveOne, toolsExclude: "asked-effort" as const };
const fiveSix = {
  ...seeing,
  ...always,
  efforts: ["none", ...lowToHigh, "xhigh"] as const,
  toolsExclude: "any-effort" as const,
  hasBreakpoints: true,
};
const astra = { ...fiveSix, efforts: [...lowToHigh, "xhigh"] as const };

type Traits = Omit<OpenAiModel, "id" | "snapshot" | "contextTokens" | "maxOutputTokens">;

const million = 1_050_000;

/** Id, context, largest output, what it can do, and the date of its snapshot (bedrock-wire.md, 6.4). */
const rows: readonly (readonly [string, number, number, Traits, date?: string])[] = [
  ["gpt-3.5-turbo", 16_385, 4_096, turbo, "0125"],
  ["gpt-4", 8_192, 8_192, turbo, "0613"],
  ["gpt-4-turbo", 128_000, 4_096, { ...turbo, seesImages: true }, "2024-04-09"],
  ["gpt-4o", 128_000, 16_384, omni, "2024-08-06"],
  ["gpt-4o-mini", 128_000, 16_384, omni, "2024-07-18"],
  ["gpt-4.1", 1_047_576, 32_768, omni, "2025-04-14"],
  ["gpt-4.1-mini", 1_047_576, 32_768, omni, "2025-04-14"],
  ["gpt-4.1-nano", 1_047_576, 32_768, omni, "2025-04-14"],
  ["o3", 200_000, 100_000, oSeries, "2025-04-16"],
  ["o4-mini", 200_000, 100_000, oSeries, "2025-04-16"],
  ["gpt-5", 400_000, 128_000, five, "2025-08-07"],
  ["gpt-5-mini", 400_000, 128_000, five, "2025-08-07"],
  ["gpt-5-nano", 400_000, 128_000, five, "2025-08-07"],
  ["gpt-5.1", 400_000, 128_000, fiveOne, "2025-11-13"],
  ["gpt-5.2", 400_000, 128_000, fiveOne],
  ["gpt-5.3-codex", 400_000, 128_000, fiveOne],
  ["gpt-5.4", million, 128_000, fiveFour],
  ["gpt-5.4-mini", 400_000, 128_000, fiveFour],
  ["gpt-5.4-nano", 400_000, 128_000, fiveFour],
  ["gpt-5.5", million, 128_000, fiveFour],
  ["gpt-5.6-sol", million, 128_000, fiveSix],
  ["gpt-5.6-terra", million, 128_000, fiveSix],
  ["gpt-5.6-luna", million, 128_000, fiveSix],
  ["gpt-6-sol", million, 128_000, fiveSix],
  ["gpt-6-luna", million, 128_000, fiveSix],
  ["gpt-6-astra", million, 128_000, astra],
];

/** Every model of the table, in its order. */
export const openAiModels: readonly OpenAiModel[] = rows.map(
  ([id, contextTokens, maxOutputTokens, traits, date]) => ({
    ...traits,
    id,
    snapshot: date === undefined ? id : `${id}-${date}`,
    contextTokens,
    maxOutputTokens,
  }),
);

const byName = new Map(
  openAiModels.flatMap((model) => [[model.id, model] as const, [model.snapshot, model] as const]),
);

/**
 * Finds a model by its name or by its dated one. Beside the table there are models for tests: any whose name begins
 * `gpt-emulator`, which may write a million tokens.
 */
export function findOpenAiModel(name: string): OpenAiModel {
  const found = byName.get(name);
  if (found) return found;
  if (name.startsWith("gpt-emulator")) {
    const largest = { contextTokens: 2_000_000, maxOutputTokens: 1_000_000 };
    return { ...omni, ...largest, id: name, snapshot: name };
  }
  throw new OpenAiError({
    status: 404,
    message: `The model \`${name}\` does not exist or you do not have access to it.`,
    type: "invalid_request_error",
    code: "model_not_found",
  });
}
