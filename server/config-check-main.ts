import { parseArgs } from "node:util";
import { checkConfiguration } from "./app/config-check.ts";
import { chooseFile } from "./config/choose-file.ts";
import { ConfigurationError } from "./config/configuration-error.ts";

const help = `axonflow config check: whether the gateway could be started so, and if not, all that has to be mended.

Usage: axonflow config check [FILE…] [--environment NAME] [--file-only] [--strict]

  FILE                 a configuration; several are checked one by one. Without one: what axonflow serve would read
  --environment NAME   the configuration of this name (AXONFLOW_ENVIRONMENT)
  --file-only          without this machine's environment variables, for a file that is meant for another machine
  --strict             notes count as mistakes: unknown variables, no licence key, what a policy cannot do
  -h, --help           this text

Settings, conflicts between them, policies, models and licence keys are looked at; no provider and no store is asked.
Exit status: 0 nothing is wrong; 2 something has to be mended, and every mistake is told with its line.
`;

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

function main(args: readonly string[]): void {
  const { values, positionals } = parse(args);
  if (values.help) return void process.stdout.write(help);
  const env = values["file-only"] ? {} : process.env;
  const files = positionals.length > 0 ? positionals : [undefined];
  for (const configFile of files) {
    const file = chooseFile({ configFile, environment: values.environment }, process.env);
    tell(file, env, values.strict);
  }
}

function tell(file: string | undefined, env: NodeJS.ProcessEnv, isStrict: boolean): void {
  const { problems, notes, summary } = checkConfiguration({ file, env });
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  if (problems.length > 0 || (isStrict && notes.length > 0)) process.exitCode = 2;
  else process.stdout.write(`${file ?? "the environment"}: ${summary}. Nothing is wrong.\n`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        environment: { type: "string" },
        "file-only": { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} Add --help for the list of options.`]);
  }
}
