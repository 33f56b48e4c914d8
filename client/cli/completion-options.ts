import { type Command, Option } from "commander";
import { ReasoningEffort, Role, ServiceTier } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionRequest } from "../sdk/node.ts";
import { documentBlock, imageBlock, readSchema } from "./attachment.ts";
import { decimal, largestInt32, repeated, wholeNumber } from "./option-values.ts";

/** What the command line says about a request besides its prompt. */
export interface CompletionOptions {
  readonly model?: string;
  readonly provider?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly image?: readonly string[];
  readonly document?: readonly string[];
  readonly schema?: string;
  readonly reasoning?: "none" | "low" | "medium" | "high";
  readonly tier?: "default" | "priority" | "flex" | "reserved";
}

/** Adds the options that shape a request. */
export function addCompletionOptions(command: Command): Command {
  return command
    .option("--model <model>", "name, alias, id, inference profile or ARN (default: the gateway's)")
    .option("--provider <provider>", "the only provider that may answer, for example bedrock")
    .option("--system <text>", "instructions that stand above the prompt")
    .option("--max-tokens <count>", "the most output tokens to write", wholeNumber(1, largestInt32))
    .option("--temperature <number>", "randomness, from 0", decimal)
    .option("--top-p <number>", "nucleus sampling, above 0 to 1", decimal)
    .option("--top-k <count>", "consider only so many tokens", wholeNumber(1, largestInt32))
    .option("--stop <text>", "end the answer before this text; may be repeated", repeated)
    .option("--image <file>", "a picture to look at; may be repeated", repeated)
    .option("--document <file>", "a document to read; may be repeated", repeated)
    .option("--schema <file>", "answer in JSON that fits the JSON Schema in this file")
    .addOption(
      new Option("--reasoning <effort>", "how much to reason before answering").choices([
        "none",
        "low",
        "medium",
        "high",
      ]),
    )
    .addOption(
      new Option("--tier <tier>", "how urgent this is to the provider").choices([
        "default",
        "priority",
        "flex",
        "reserved",
      ]),
    );
}

const efforts = {
  none: ReasoningEffort.NONE,
  low: ReasoningEffort.LOW,
  medium: ReasoningEffort.MEDIUM,
  high: ReasoningEffort.HIGH,
} as const;

const tiers = {
  default: ServiceTier.DEFAULT,
  priority: ServiceTier.PRIORITY,
  flex: ServiceTier.FLEX,
  reserved: ServiceTier.RESERVED,
} as const;

/** The request for a prompt. Throws a UsageError for a file that cannot be used. */
export function completionRequest(prompt: string, options: CompletionOptions): CompletionRequest {
  const { model = "", provider = "", system = "", stop = [] } = options;
  const { maxTokens, temperature, topP, topK, schema, reasoning, tier } = options;
  return {
    ...asked(prompt, options),
    model,
    provider,
    system,
    stopSequences: [...stop],
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(schema !== undefined && { responseFormat: jsonFormat(schema) }),
    ...(reasoning && { reasoning: { effort: efforts[reasoning] } }),
    ...(tier && { serviceTier: tiers[tier] }),
  };
}

/** Files stand before the question about them, as the models' makers advise. */
function asked(prompt: string, { image = [], document = [] }: CompletionOptions) {
  if (image.length === 0 && document.length === 0) return { prompt };
  const question = { block: { case: "text", value: { text: prompt } } } as const;
  const content = [...document.map(documentBlock), ...image.map(imageBlock), question];
  return { messages: [{ role: Role.USER, content }] };
}

function jsonFormat(path: string) {
  const value = { name: "answer", schema: readSchema(path) };
  return { format: { case: "jsonSchema", value } } as const;
}
