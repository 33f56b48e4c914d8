import type { ModelEntry } from "./models/model-entry.ts";

const claude3 = (id: string, name: string, input: string, output: string): ModelEntry => ({
  id,
  name,
  displayName: name,
  family: "anthropic",
  onDemand: true,
  contextWindowTokens: 200_000,
  maxOutputTokens: 4096,
  prices: [{ input, output }],
  endOfLife: "2026-07-30",
});

/** The Claude models of the setup guide, at the guide's prices. */
export const modelEntries: readonly ModelEntry[] = [
  {
    ...claude3("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet", "3.00", "15.00"),
    aliases: ["claude-3.5-sonnet"],
  },
  claude3("anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku", "0.25", "1.25"),
  claude3("anthropic.claude-3-opus-20240229-v1:0", "claude-3-opus", "15.00", "75.00"),
];
