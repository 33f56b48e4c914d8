import { text as readAll } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type PolicyTest, testPolicies } from "./app/policy-test.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { loadSettings } from "./config/load.ts";

const help = `axonflow policy test: what the policies of a configuration would make of a text, and why.

Usage: axonflow policy test TEXT [--config FILE] [--direction request|response] [--key NAME] [--tenant NAME]
                                 [--model NAME] [--json]

  TEXT                the text; - reads it from standard input
  --config FILE       the gateway's configuration; settings come from the environment too, as for axonflow serve
  --direction WAY     request (default): on its way to a model; response: on its way to the caller
  --key NAME          whose call it would be; default: a key that no policy names
  --tenant NAME       the tenant of the key; default: what the configuration says of it
  --model NAME        the model that would be asked; default: the gateway's
  --json              for programs
  -h, --help          this text

No gateway and no model is asked, and nothing of the text is kept.
Exit status: 0 the text passes, changed or not; 4 a policy refuses it; 2 wrong usage, or a mistake in the configuration.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`axonflow policy test:\n${error.message.replace(/^/gm, "  ")}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const settings = loadSettings({ flags: new Map(), env: process.env, file: values.config });
  const { key, tenant, model, json: asJson } = values;
  const way = wayOf(values.direction);
  const question: PolicyTest = { text: await textOf(positionals), way, key, tenant, model, asJson };
  const { passes, said } = await testPolicies(settings, question);
  process.stdout.write(said);
  return passes ? 0 : 4;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: "string" },
        direction: { type: "string", default: "request" },
        key: { type: "string", default: "" },
        tenant: { type: "string", default: "" },
        model: { type: "string", default: "" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} Add --help for the list of options.`]);
  }
}

function wayOf(direction: string): PolicyTest["way"] {
  if (direction === "request" || direction === "response") return direction;
  throw new ConfigurationError([`--direction must be request or response, not ${direction}.`]);
}

async function textOf(positionals: readonly string[]): Promise<string> {
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0) {
    throw new ConfigurationError([
      "Give one text, in quotes, or - to read it from standard input.",
    ]);
  }
  return text === "-" ? readAll(process.stdin) : text;
}
