import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { ListModelsResponseSchema } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import { Lifecycle, type Model, type ModelFilter } from "../sdk/node.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { json } from "./json.ts";
import { wholeNumber } from "./option-values.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface ModelsOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly family?: string;
  readonly provider?: string;
}

const examples = `
Examples:
  $ axonflow models
  $ axonflow models --family anthropic
  $ axonflow models --json | jq -r '.models[].id'

INPUT and OUTPUT are US dollars for a million tokens; a - stands for what is not known.`;

/** Adds `axonflow models`: lists what can be asked for. */
export function addModelsCommand(program: Command): void {
  const command = program
    .command("models")
    .summary("list the models that can be asked for")
    .description("Lists the models of the gateway's catalogue with their prices and limits.")
    .option("--family <family>", "only this family, for example anthropic")
    .option("--provider <provider>", "only this provider, for example bedrock")
    .option("--timeout-ms <ms>", "give up on a page after so long", wholeNumber(1, 99_999_999))
    .option("--json", "print one JSON object");
  addConnectionOptions(command)
    .addHelpText("after", examples + exitCodesHelp)
    .action((options: ModelsOptions) =>
      withGateway(options, (session) => printModels(session, options)),
    );
}

async function printModels(
  { client, output, signal }: Session,
  { family, provider, timeoutMs, ...options }: ModelsOptions,
): Promise<void> {
  const filter: ModelFilter = { family, provider };
  const models: Model[] = [];
  for await (const model of client.listModels(filter, { signal, timeoutMs })) models.push(model);
  if (options.json) {
    const whole = create(ListModelsResponseSchema, { models });
    return output.write(json(ListModelsResponseSchema, whole));
  }
  if (models.length === 0) return output.note("There is no such model.");
  await output.write(table([heads, ...models.map(cells)]));
}

const heads = [
  "NAME",
  "ID",
  "INPUT",
  "OUTPUT",
  "CONTEXT",
  "MAX OUTPUT",
  "LIFECYCLE",
  "REPLACEMENT",
];

function cells(model: Model): string[] {
  const { price, contextWindowTokens, maxOutputTokens } = model;
  return [
    model.isDefault ? `${model.name} (default)` : model.name,
    model.id,
    price ? usd(price.inputNanoUsdPerMillionTokens) : "-",
    price ? usd(price.outputNanoUsdPerMillionTokens) : "-",
    contextWindowTokens ? String(contextWindowTokens) : "-",
    maxOutputTokens ? String(maxOutputTokens) : "-",
    lifecycles.get(model.lifecycle) ?? "-",
    model.replacement || "-",
  ];
}

const lifecycles = new Map<Lifecycle, string>([
  [Lifecycle.ACTIVE, "active"],
  [Lifecycle.LEGACY, "legacy"],
  [Lifecycle.END_OF_LIFE, "end of life"],
]);
