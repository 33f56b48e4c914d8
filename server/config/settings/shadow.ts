import { decimal, flag, oneOf, optionalText, type SettingsTable, wholeNumber } from "../setting.ts";
import { providerNames } from "./routing.ts";

/** Shadow mode: another provider answers a share of the calls too, unseen, and the answers are compared. */
export interface ShadowSettings {
  readonly shadowMode: boolean;
  /** The provider that is asked first, in shadow mode and without it; undefined: as they are configured. */
  readonly primaryProvider: string | undefined;
  readonly shadowProvider: string | undefined;
  /** Of the primary's calls, from 0 to 1. */
  readonly shadowSampleRate: number;
  /** Of the samples: those that the primary answers a second time too, from 0 to 1. */
  readonly shadowSelfShare: number;
  readonly shadowSink: "cloudwatch" | "emf" | "both" | "none";
  /** Copies under way at once. */
  readonly shadowMaxConcurrent: number;
  readonly shadowTimeoutMs: number;
  /** Undefined: no limit. */
  readonly shadowMaxUsdPerHour: number | undefined;
  /** Undefined: Bedrock's region, or what the AWS SDK finds. */
  readonly shadowCloudWatchRegion: string | undefined;
  readonly shadowFlushMs: number;
}

/** How each is named and read. */
export const shadowSettingsTable: SettingsTable<ShadowSettings> = {
  shadowMode: {
    env: "LLM_SHADOW_MODE",
    yaml: "ShadowMode",
    summary: "true or false: whether a share of the calls is also sent to the shadow provider.",
    fallback: "false",
    read: flag,
  },
  primaryProvider: {
    env: "LLM_PRIMARY_PROVIDER",
    yaml: "PrimaryProvider",
    summary: "bedrock or openai: which is asked first. Not set: Bedrock where it is configured.",
    read: oneOf(...providerNames),
  },
  shadowProvider: {
    env: "LLM_SHADOW_PROVIDER",
    yaml: "ShadowProvider",
    summary: "bedrock or openai: who answers unseen in shadow mode.",
    read: oneOf(...providerNames),
  },
  shadowSampleRate: {
    env: "LLM_SHADOW_SAMPLE_RATE",
    yaml: "ShadowSampleRate",
    summary: "The share of the primary provider's calls that the shadow answers too, from 0 to 1.",
    fallback: "0.10",
    read: decimal(0, 1),
  },
  shadowSelfShare: {
    env: "LLM_SHADOW_SELF_SHARE",
    yaml: "ShadowSelfShare",
    summary:
      "The share of those samples that the primary answers a second time too: the measure of how much two answers of one model differ. 0 to 1.",
    fallback: "0.05",
    read: decimal(0, 1),
  },
  shadowSink: {
    env: "LLM_SHADOW_SINK",
    yaml: "ShadowSink",
    summary:
      "Where comparisons go besides the report: cloudwatch (PutMetricData), emf (lines on standard output), both or none.",
    fallback: "cloudwatch",
    read: oneOf("cloudwatch", "emf", "both", "none"),
  },
  shadowMaxConcurrent: {
    env: "LLM_SHADOW_MAX_CONCURRENT",
    yaml: "ShadowMaxConcurrent",
    summary: "Copies under way at once; further ones are dropped and counted.",
    fallback: "32",
    read: wholeNumber(1, 10_000),
  },
  shadowTimeoutMs: {
    env: "LLM_SHADOW_TIMEOUT_MS",
    yaml: "ShadowTimeoutMs",
    summary: "How long a copy may take, in ms.",
    fallback: "120000",
    read: wholeNumber(1, 3_600_000),
  },
  shadowMaxUsdPerHour: {
    env: "LLM_SHADOW_MAX_USD_PER_HOUR",
    yaml: "ShadowMaxUSDPerHour",
    summary: "What this gateway's copies may cost in an hour, in US dollars. Not set: no limit.",
    read: decimal(0, 1_000_000),
  },
  shadowCloudWatchRegion: {
    env: "LLM_SHADOW_CLOUDWATCH_REGION",
    yaml: "ShadowCloudWatchRegion",
    summary: "CloudWatch's region. Not set: Bedrock's, or what the AWS SDK finds.",
    read: optionalText,
  },
  shadowFlushMs: {
    env: "LLM_SHADOW_FLUSH_MS",
    yaml: "ShadowFlushMs",
    summary: "How long comparisons are gathered before they are sent to CloudWatch, in ms.",
    fallback: "60000",
    read: wholeNumber(100, 3_600_000),
  },
};
