import { parseArgs } from "node:util";
import { checkPolicies } from "./app/policy-check.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { loadSettings } from "./config/load.ts";

const help = `axonflow policy check: what is wrong with a configuration file, or what its policies do.

Usage: axonflow policy check FILE

  FILE          a gateway's configuration; the environment is not looked at
  -h, --help    this text

Exit status: 0 the file can be served; 2 it cannot, and every mistake is told with its line.
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
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new ConfigurationError(["Name one file: axonflow policy check gateway.yaml"]);
  }
  const settings = loadSettings({ flags: new Map(), env: {}, file });
  process.stdout.write(checkPolicies(settings, file));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h", default: false } },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} Add --help for the list of options.`]);
  }
}
