import type { Command } from "commander";
import type { Model } from "../sdk/node.ts";
import { costOf, type ModelCost, savingPercent, type TokenCounts } from "./comparison.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { grouped } from "./model-words.ts";
import { largestInt32, wholeNumber } from "./option-values.ts";
import { table } from "./table.ts";
import { UsageError } from "./usage-error.ts";
import { usd } from "./usd.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface CompareOptions extends ConnectionOptions, TokenCounts {
  readonly json?: boolean;
}

const examples = `
Examples:
  $ axonflow models compare gpt-4-turbo claude-3-5-sonnet --input 1000 --output 500
  $ axonflow models compare gpt-4 claude-3-opus claude-opus

Savings are against the first model; a negative one is dearer. Other models count other tokens for the same text, so try
yours on both.`;

/** Adds `axonflow models compare`: what the same tokens cost at several models, and what is saved. */
export function addModelsCompareCommand(models: Command): void {
  const tokens = wholeNumber(0, largestInt32);
  const command = models
    .command("compare")
    .summary("compare what models cost")
    .description("Compares what the same numbers of tokens cost, by the gateway's own prices.")
    .argument("<model>", "what the others are compared with")
    .argument("<others...>")
    .option("--input <tokens>", "tokens of the prompt", tokens, 1000)
    .option("--output <tokens>", "tokens of the answer", tokens, 500)
    .option("--timeout-ms <ms>", "give up on a model after so long", wholeNumber(1, 99_999_999))
    .option("--json", "print one JSON object");
  addConnectionOptions(command)
    .addHelpText("after", examples + exitCodesHelp)
    .action((first: string, others: readonly string[], options: CompareOptions) =>
      withGateway(options, (session) => compareModels(session, [first, ...others], options)),
    );
}

async function compareModels(
  { client, output, signal }: Session,
  names: readonly string[],
  { timeoutMs, ...options }: CompareOptions,
): Promise<void> {
  const models = await Promise.all(
    names.map((name) => client.getModel(name, { signal, timeoutMs })),
  );
  const priced = models.map((model) => ({ model, cost: requiredCost(model, options) }));
  const [base, ...others] = priced;
  if (!base) return;
  const compared = others.map((other) => ({ ...other, saving: savingOf(base.cost, other.cost) }));
  await output.write(
    options.json
      ? `${JSON.stringify(report(options, base, compared))}\n`
      : sheet(options, base, compared),
  );
}

interface Priced {
  readonly model: Model;
  readonly cost: ModelCost;
}

/** In per cent; null where there was nothing to save. */
interface Saving {
  readonly input: string | null;
  readonly output: string | null;
  readonly total: string | null;
}

type Compared = Priced & { readonly saving: Saving };

function requiredCost(model: Model, counts: TokenCounts): ModelCost {
  const cost = costOf(model, counts);
  if (cost) return cost;
  throw new UsageError(
    `The gateway has no price for ${model.name}. Its operator can give one under "models" in the configuration.`,
  );
}

function savingOf(before: ModelCost, now: ModelCost): Saving {
  return {
    input: savingPercent(before.inputNanoUsd, now.inputNanoUsd) ?? null,
    output: savingPercent(before.outputNanoUsd, now.outputNanoUsd) ?? null,
    total: savingPercent(before.totalNanoUsd, now.totalNanoUsd) ?? null,
  };
}

function sheet(counts: TokenCounts, base: Priced, compared: readonly Compared[]): string {
  const heads = [
    "US DOLLARS",
    `INPUT (${grouped(counts.input)})`,
    `OUTPUT (${grouped(counts.output)})`,
    "TOTAL",
  ];
  const costs = ({ model, cost }: Priced) => [
    model.name,
    usd(cost.inputNanoUsd),
    usd(cost.outputNanoUsd),
    usd(cost.totalNanoUsd),
  ];
  const percent = (saving: string | null) => (saving === null ? "-" : `${saving} %`);
  const savings = ({ model, saving }: Compared) => [
    `saved by ${model.name}`,
    percent(saving.input),
    percent(saving.output),
    percent(saving.total),
  ];
  const rows = [heads, costs(base), ...compared.map(costs), ...compared.map(savings)];
  return table(rows, [1, 2, 3]);
}

/** Amounts as text, as the contract's JSON has them: a JSON number is a float. */
function report(counts: TokenCounts, base: Priced, compared: readonly Compared[]) {
  const costs = ({ model, cost }: Priced) => ({
    name: model.name,
    id: model.id,
    input_nano_usd: String(cost.inputNanoUsd),
    output_nano_usd: String(cost.outputNanoUsd),
    nano_usd: String(cost.totalNanoUsd),
  });
  return {
    input_tokens: counts.input,
    output_tokens: counts.output,
    models: [
      costs(base),
      ...compared.map((other) => ({ ...costs(other), saving_percent: other.saving })),
    ],
  };
}
