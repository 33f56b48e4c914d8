import type { Command } from "commander";
import { CreateKeyResponseSchema } from "../../gen/axonflow/gateway/v1/key_pb.ts";
import { json } from "./json.ts";
import { addKeysOptions, type Budgets, type KeysOptions, readBudget } from "./key-options.ts";
import { grantWords } from "./keys-sheet.ts";
import { repeated, wholeNumber } from "./option-values.ts";
import { withGateway } from "./with-gateway.ts";

interface CreateOptions extends KeysOptions {
  readonly tenant?: string;
  readonly model?: readonly string[];
  readonly provider?: readonly string[];
  readonly region?: readonly string[];
  readonly policy?: readonly string[];
  readonly budget?: Budgets;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrentStreams?: number;
}

const notes = `
The secret alone is written to stdout, everything else to stderr. It is shown this once: the gateway keeps its SHA-256 only.
What is not given is what all keys may.`;

/** The gateway takes no higher ones. */
const rate = wholeNumber(1, 999_999_999_999);

/** Adds `axonflow keys create`. */
export function addKeysCreateCommand(keys: Command): void {
  const command = keys
    .command("create")
    .summary("make a licence key, and show its secret this once")
    .description("Makes a licence key that every gateway of the store lets in.")
    .argument("<name>", "what logs, budgets and reports call its holder")
    .option("--tenant <name>", "whom it belongs to")
    .option("--model <pattern>", "a model it may use, such as claude-*; may be repeated", repeated)
    .option("--provider <name>", "who may serve its calls, such as bedrock; repeated", repeated)
    .option("--region <pattern>", "where they may be served, such as us-*; repeated", repeated)
    .option("--policy <name>", "an assigned policy that holds for it; repeated", repeated)
    .option(
      "--budget <time=usd>",
      "what it may spend, such as daily=5.00 or rolling-weekly=20; repeated",
      readBudget,
    )
    .option("--requests-per-minute <n>", "how many calls", rate)
    .option("--tokens-per-minute <n>", "how many tokens, read and written", rate)
    .option("--concurrent-streams <n>", "how many streams at one moment", rate)
    .addHelpText("after", notes);
  addKeysOptions(command).action((name: string, options: CreateOptions) =>
    withGateway(options, async ({ client, output, signal }) => {
      const { tenant = "", timeoutMs } = options;
      const made = await client.keys.create(
        { name, tenant, grants: grantsOf(options) },
        { signal, timeoutMs },
      );
      if (options.json) return output.write(json(CreateKeyResponseSchema, made));
      if (made.key) output.note(`The licence key ${made.key.name} may: ${grantWords(made.key)}.`);
      output.note(`Its id is ${made.key?.id}. This is its secret; it is not shown again:`);
      await output.write(`${made.secret}\n`);
    }),
  );
}

function grantsOf(options: CreateOptions) {
  const { model = [], provider = [], region = [], policy = [], budget = [] } = options;
  const { requestsPerMinute, tokensPerMinute, concurrentStreams } = options;
  return {
    allowedModels: [...model],
    allowedProviders: [...provider],
    allowedRegions: [...region],
    policies: [...policy],
    budgets: [...budget],
    rates: {
      ...(requestsPerMinute !== undefined && { requestsPerMinute: BigInt(requestsPerMinute) }),
      ...(tokensPerMinute !== undefined && { tokensPerMinute: BigInt(tokensPerMinute) }),
      ...(concurrentStreams !== undefined && { concurrentStreams: BigInt(concurrentStreams) }),
    },
  };
}
