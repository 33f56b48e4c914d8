import { parseArgs } from "node:util";
import { accountOf } from "./app/account.ts";
import { bedrockRegions } from "./app/bedrock-regions.ts";
import { printIamPolicy } from "./app/iam-policy.ts";
import { modelsInUse, unknownModels } from "./app/models-in-use.ts";
import { chooseFile } from "./config/choose-file.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { loadConfiguration } from "./config/load-configuration.ts";

const help = `axonflow iam-policy: the least that the gateway's IAM role has to be allowed.

Usage: axonflow iam-policy [--config FILE | --environment NAME] [--model NAME]… [--account ID | --ask] [--listing] [--doctor]

  --config FILE        the gateway's configuration; settings come from the environment too, as for axonflow serve
  --environment NAME   the configuration of this name (AXONFLOW_ENVIRONMENT)
  --model NAME         a model that callers name, besides those of the configuration; may be said several times
  --account ID         the account's twelve digits; without it, ACCOUNT_ID stands in the ARNs
  --ask                asks AWS STS for the account
  --listing            also lets the gateway read which models AWS lists (AXONFLOW_MODEL_REFRESH_MS)
  --doctor             also what axonflow doctor reads; it changes nothing
  -h, --help           this text

It allows InvokeModel and InvokeModelWithResponseStream of exactly the configured models, in exactly the configured regions
and those that their inference profiles may serve from. What the configuration adds (a guardrail, keys of KMS, an archive in
S3, CloudWatch's metrics of shadow mode) is allowed in statements of their own. The same configuration gives the same text.
Exit status: 0; 2 wrong usage, or a mistake in the configuration; 1 AWS did not tell the account.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`axonflow iam-policy:\n${error.message.replace(/^/gm, "  ")}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const file = chooseFile(
    { configFile: values.config, environment: values.environment },
    process.env,
  );
  const { settings } = loadConfiguration({ flags: new Map(), env: process.env, file });
  const regions = await bedrockRegions(settings);
  const strangers = unknownModels({ settings, regions, more: values.model });
  if (strangers.length > 0) {
    throw new ConfigurationError(strangers.map((name) => `--model: Bedrock has no model ${name}.`));
  }
  const accountId = values.ask
    ? await accountOf(regions[0] ?? "us-east-1")
    : readAccount(values.account);
  if (accountId === undefined) {
    process.stderr.write(
      "axonflow iam-policy: AWS STS did not tell the account. Say it: --account ID\n",
    );
    return 1;
  }
  const { policy, notes } = printIamPolicy({
    settings,
    models: modelsInUse({ settings, regions, more: values.model }),
    region: regions[0] ?? "us-east-1",
    accountId,
    listsModels: values.listing,
    doctor: values.doctor,
  });
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  process.stdout.write(policy);
  return 0;
}

function readAccount(text: string | undefined): string {
  if (text === undefined) return "ACCOUNT_ID";
  if (/^\d{12}$/.test(text)) return text;
  throw new ConfigurationError([`--account takes twelve digits, not ${text}.`]);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: "string" },
        environment: { type: "string" },
        model: { type: "string", multiple: true, default: [] },
        account: { type: "string" },
        ask: { type: "boolean", default: false },
        listing: { type: "boolean", default: false },
        doctor: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} Add --help for the list of options.`]);
  }
}
