import type { Attributes, Meter } from "@opentelemetry/api";
import type { Usage } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { promptTokensOf } from "../core/money.ts";
import { attributes, buckets, type GenAiNames } from "./semconv.ts";

/** Counts the tokens of one attempt, in the form that the version of the conventions wants. */
export interface TokenMetrics {
  record(usage: Usage, about: Attributes): void;
}

/** Cached tokens are input too, and reasoning is output: the conventions count all that is billed. */
export function createTokenMetrics(meter: Meter, { tokens }: GenAiNames): TokenMetrics {
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, {
      description,
      unit: "{token}",
      advice: { explicitBucketBoundaries: [...buckets.genAiTokens] },
    });
  if ("usage" in tokens) {
    const usageByType = histogram(tokens.usage, "Tokens of an attempt, by type.");
    return {
      record(usage, about) {
        usageByType.record(promptTokensOf(usage), {
          ...about,
          [attributes.genAiTokenType]: "input",
        });
        usageByType.record(usage.outputTokens, { ...about, [attributes.genAiTokenType]: "output" });
      },
    };
  }
  const counter = (name: string, description: string) =>
    meter.createCounter(name, { description, unit: "{token}" });
  const input = counter(tokens.input, "Tokens read, cached ones included.");
  const output = counter(tokens.output, "Tokens written, reasoning included.");
  const cacheRead = counter(tokens.cacheRead, "Tokens read from a provider's cache.");
  const cacheWrite = counter(tokens.cacheWrite, "Tokens written to a provider's cache.");
  const reasoning = counter(tokens.reasoning, "Tokens of reasoning.");
  const inputPerOperation = histogram(tokens.inputPerOperation, "Tokens that an attempt read.");
  const outputPerOperation = histogram(tokens.outputPerOperation, "Tokens that an attempt wrote.");
  return {
    record(usage, about) {
      // No provider tells which tokens of a prompt were pictures.
      const counted = { ...about, [attributes.genAiTokenModality]: "unknown" };
      input.add(promptTokensOf(usage), counted);
      output.add(usage.outputTokens, counted);
      cacheRead.add(usage.cacheReadInputTokens, counted);
      cacheWrite.add(usage.cacheWriteInputTokens, counted);
      reasoning.add(usage.reasoningTokens, counted);
      inputPerOperation.record(promptTokensOf(usage), about);
      outputPerOperation.record(usage.outputTokens, about);
    },
  };
}
