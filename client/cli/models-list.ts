import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { ListModelsResponseSchema } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Model } from "../sdk/node.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { json } from "./json.ts";
import { lifecycleWords, tokenLimit } from "./model-words.ts";
import { wholeNumber } from "./option-values.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";
import type { Session } from "./with-gateway.ts";

interface ListOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly family?: string;
  readonly maker?: string;
  readonly provider?: string;
}

/** Adds the options that narrow the list. */
export function addListOptions(command: Command): Command {
  return addConnectionOptions(
    command
      .option("--maker <maker>", "only models of this maker, for example anthropic")
      .option("--family <family>", "only models of this family, for example converse")
      .option("--provider <provider>", "only models of this provider, for example bedrock")
      .option("--all", "also the models that this gateway knows and does not serve")
      .option("--timeout-ms <ms>", "give up on a page after so long", wholeNumber(1, 99_999_999))
      .option("--json", "print one JSON object, with everything about every model"),
  );
}

/** Prints the models as a table, or all that is known of them as JSON. */
export async function listModels(
  { client, output, signal }: Session,
  { family, maker, provider, timeoutMs, ...options }: ListOptions,
): Promise<void> {
  const models: Model[] = [];
  const filter = { family, maker, provider };
  for await (const model of client.listModels(filter, { signal, timeoutMs })) models.push(model);
  if (options.json) {
    const whole = create(ListModelsResponseSchema, { models });
    return output.write(json(ListModelsResponseSchema, whole));
  }
  const shown = options.all ? models : models.filter(isServed);
  const names = new Map(models.map(({ id, name }) => [id, name]));
  const rows = shown.map((model) => cells(model, names));
  if (rows.length > 0) await output.write(table([heads, ...rows], numberColumns));
  const left = models.length - shown.length;
  if (models.length === 0) output.note("There is no such model.");
  else if (left > 0) output.note(`Known and not served here: ${left}. --all lists them.`);
}

function isServed({ regions }: Model): boolean {
  return regions.length > 0;
}

const heads = ["NAME", "INPUT", "OUTPUT", "CONTEXT", "MAX OUTPUT", "LIFECYCLE", "REPLACEMENT"];
const numberColumns = [1, 2, 3, 4];

function cells(model: Model, names: ReadonlyMap<string, string>): string[] {
  const { price, contextWindowTokens, maxOutputTokens } = model;
  const served = isServed(model) ? "" : ", not served here";
  return [
    model.isDefault ? `${model.name} (default)` : model.name,
    price ? usd(price.inputNanoUsdPerMillionTokens) : "-",
    price ? usd(price.outputNanoUsdPerMillionTokens) : "-",
    tokenLimit(contextWindowTokens),
    tokenLimit(maxOutputTokens),
    lifecycleWords(model) + served,
    names.get(model.replacement) ?? (model.replacement || "-"),
  ];
}
