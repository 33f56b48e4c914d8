import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countMessageTokens } from "../../../emulator/count-tokens.ts";
import type { Emulator } from "../../../emulator/emulator.ts";

/** The guide's own model, of which the emulator counts one token for each word. */
export const claude = "anthropic.claude-3-5-sonnet-20240620-v1:0";

/** Of its tokens, at 3 and 15 USD a million. */
const inputNanoUsd = 3000n;
const outputNanoUsd = 15_000n;

/** A file of the configuration, in a folder that `remove` deletes. */
export interface ConfigFile {
  readonly path: string;
  remove(): void;
}

/** Writes one down. */
export function writeConfig(yaml: string): ConfigFile {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-budget-"));
  const path = join(folder, "axonflow.yaml");
  writeFileSync(path, yaml);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/** The setup guide's example with another amount, and whatever else is to be said about the budget. */
export function dailyBudget(dollars: number, more = ""): string {
  return `policies:
  - name: daily-budget-limit
    type: budget
    limits:
      daily_cost_usd: ${dollars}
    action: deny
${more}`;
}

/** What a prompt that asks for words costs, and what a number of them does. */
export function costOf(prompt: string, words: number): bigint {
  return BigInt(countMessageTokens(prompt)) * inputNanoUsd + BigInt(words) * outputNanoUsd;
}

interface AskedOf {
  readonly max_tokens: number;
  readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[];
}

/**
 * What everything that the emulator was asked would be billed, as AWS does: a stream by what was written to it, a whole
 * answer in full even where nobody waited for it, and nothing for what was refused. Prompts are "Write n words.".
 */
export function billedBy({ requests, journal }: Emulator): bigint {
  const streamed = new Map<string, number>();
  const refused = new Set<string>();
  for (const { callId, kind, tokens = 0, status = 200 } of journal.entries) {
    if (kind === "frame" || kind === "first-frame") streamed.set(callId, tokens);
    if (kind === "completed" && status !== 200) refused.add(callId);
  }
  let billedNanoUsd = 0n;
  for (const { callId, body, path } of requests) {
    if (refused.has(callId)) continue;
    const { max_tokens, messages } = JSON.parse(body.toString()) as AskedOf;
    const prompt = messages[0]?.content[0]?.text ?? "";
    const words = Math.min(Number(/^Write (\d+) words\.$/.exec(prompt)?.[1]), max_tokens);
    const isStream = path.endsWith("invoke-with-response-stream");
    billedNanoUsd += costOf(prompt, isStream ? (streamed.get(callId) ?? 0) : words);
  }
  return billedNanoUsd;
}
