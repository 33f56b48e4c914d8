import { Lifecycle } from "../../gen/axonflow/gateway/v1/model_pb.ts";

/** One line of the catalogue's data. Prices are USD per million tokens, written as decimal text so that none is rounded. */
export interface ModelEntry {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly family: string;
  readonly aliases: readonly string[];
  readonly inputUsd: string;
  readonly outputUsd: string;
  readonly contextWindowTokens: number;
  readonly maxOutputTokens: number;
  readonly lifecycle: Lifecycle;
  readonly replacement: string;
}

/**
 * The Claude models of the setup guide, at the guide's prices (the public prices are the same). All three are past
 * their end of life on AWS (Amazon Bedrock model lifecycle page, July 2026; 3 Haiku 10 September 2026).
 */
export const modelEntries: readonly ModelEntry[] = [
  {
    id: "anthropic.claude-3-5-sonnet-20240620-v1:0",
    name: "claude-3-5-sonnet",
    displayName: "Claude 3.5 Sonnet",
    family: "anthropic",
    aliases: ["claude-3.5-sonnet"],
    inputUsd: "3.00",
    outputUsd: "15.00",
    contextWindowTokens: 200_000,
    maxOutputTokens: 4096,
    lifecycle: Lifecycle.END_OF_LIFE,
    replacement: "anthropic.claude-sonnet-4-5-20250929-v1:0",
  },
  {
    id: "anthropic.claude-3-haiku-20240307-v1:0",
    name: "claude-3-haiku",
    displayName: "Claude 3 Haiku",
    family: "anthropic",
    aliases: [],
    inputUsd: "0.25",
    outputUsd: "1.25",
    contextWindowTokens: 200_000,
    maxOutputTokens: 4096,
    lifecycle: Lifecycle.END_OF_LIFE,
    replacement: "anthropic.claude-haiku-4-5-20251001-v1:0",
  },
  {
    id: "anthropic.claude-3-opus-20240229-v1:0",
    name: "claude-3-opus",
    displayName: "Claude 3 Opus",
    family: "anthropic",
    aliases: [],
    inputUsd: "15.00",
    outputUsd: "75.00",
    contextWindowTokens: 200_000,
    maxOutputTokens: 4096,
    lifecycle: Lifecycle.END_OF_LIFE,
    replacement: "anthropic.claude-opus-4-5-20251101-v1:0",
  },
];
