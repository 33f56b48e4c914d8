import type { Command } from "commander";
import { ModelSchema } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Model, Price } from "../sdk/node.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { json } from "./json.ts";
import { featureWords, lifecycleWords, tokenLimit } from "./model-words.ts";
import { wholeNumber } from "./option-values.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface ShowOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** Adds `axonflow models show`: everything that the gateway knows about one model. */
export function addModelsShowCommand(models: Command): void {
  const command = models
    .command("show")
    .summary("show everything about one model")
    .description("Shows a model by its name, alias, id, inference profile or ARN.")
    .argument("<model>")
    .option("--timeout-ms <ms>", "give up after so long", wholeNumber(1, 99_999_999))
    .option("--json", "print one JSON object");
  addConnectionOptions(command)
    .addHelpText("after", exitCodesHelp)
    .action((name: string, options: ShowOptions) =>
      withGateway(options, (session) => showModel(session, name, options)),
    );
}

async function showModel(
  { client, output, signal }: Session,
  name: string,
  { timeoutMs, ...options }: ShowOptions,
): Promise<void> {
  const model = await client.getModel(name, { signal, timeoutMs });
  if (options.json) return output.write(json(ModelSchema, model));
  const prices = priceRows(model);
  const priced = prices.length > 0 ? `\n${table([priceHeads, ...prices], [1, 2, 3, 4, 5])}` : "";
  await output.write(`${model.displayName || model.name}\n\n${table(factRows(model))}${priced}`);
}

function factRows(model: Model): string[][] {
  const list = (texts: readonly string[]) => texts.join(", ") || "-";
  return [
    ["name", model.isDefault ? `${model.name} (default)` : model.name],
    ["id", model.id],
    ["aliases", list(model.aliases)],
    ["provider", model.provider],
    ["maker", model.maker || "-"],
    ["family", model.family],
    ["served in", list(model.regions)],
    ["called by", list(callableIds(model))],
    ["context", tokenLimit(model.contextWindowTokens)],
    ["longest answer", tokenLimit(model.maxOutputTokens)],
    ["besides text", featureWords(model)],
    ["refuses", list(model.refusedFields)],
    ["lifecycle", lifecycleWords(model)],
    ["replacement", model.replacement || "-"],
  ];
}

function callableIds({ id, onDemand, provider, profiles }: Model): string[] {
  const own = onDemand || provider !== "bedrock" ? [id] : [];
  return [...own, ...profiles.map((profile) => profile.id)];
}

const priceHeads = [
  "USD FOR A MILLION TOKENS",
  "INPUT",
  "OUTPUT",
  "CACHE READ",
  "CACHE WRITE",
  "FOR AN HOUR",
];

function priceRows(model: Model): string[][] {
  const { price, longPromptPrice, longPromptAboveTokens, publicPrice, profiles } = model;
  const since = price?.effectiveFrom ? ` since ${price.effectiveFrom}` : "";
  return [
    ...priceRow(`by its name${since}`, price),
    ...priceRow(`with prompts above ${tokenLimit(longPromptAboveTokens)}`, longPromptPrice),
    ...profiles.flatMap((profile) => priceRow(`by ${profile.id}`, profile.price)),
    ...priceRow("the provider's list price", publicPrice),
  ];
}

function priceRow(title: string, price: Price | undefined): string[][] {
  if (!price) return [];
  const amount = (nanoUsd: bigint | undefined) => (nanoUsd === undefined ? "-" : usd(nanoUsd));
  return [
    [
      title,
      usd(price.inputNanoUsdPerMillionTokens),
      usd(price.outputNanoUsdPerMillionTokens),
      amount(price.cacheReadNanoUsdPerMillionTokens),
      amount(price.cacheWriteNanoUsdPerMillionTokens),
      amount(price.cacheWrite1hNanoUsdPerMillionTokens),
    ],
  ];
}
