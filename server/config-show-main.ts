import { parseArgs } from "node:util";
import { chooseFile } from "./config/choose-file.ts";
import { configJson, configSheet } from "./config/config-sheet.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { loadWithOrigins } from "./config/load.ts";

const help = `axonflow config show: every setting as it is in force, and where it comes from.

Usage: axonflow config show [FILE] [--environment NAME] [--changed] [--file-only] [--json]

  FILE                 a configuration. Without one: what axonflow serve would read
  --environment NAME   the configuration of this name (AXONFLOW_ENVIRONMENT)
  --changed            only what is not a default
  --file-only          without this machine's environment variables
  --json               for programs
  -h, --help           this text

Of secrets it shows that they are set, the names of licence keys and a database's host. A flag of axonflow serve would
win over what is shown. The hash is that of the audit log's entries: it says which rules were in force.
Exit status: 0, or 2 when the configuration cannot be read.
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
  const [configFile, ...more] = positionals;
  if (more.length > 0) throw new ConfigurationError(["Name one file at most."]);
  const env = values["file-only"] ? {} : process.env;
  const file = chooseFile({ configFile, environment: values.environment }, process.env);
  const loaded = loadWithOrigins({ flags: new Map(), env, file });
  const sheet = values.json ? configJson : configSheet;
  process.stdout.write(sheet(loaded, { file, onlyChanged: values.changed }));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        environment: { type: "string" },
        changed: { type: "boolean", default: false },
        "file-only": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} Add --help for the list of options.`]);
  }
}
