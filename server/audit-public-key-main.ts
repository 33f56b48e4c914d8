import { parseArgs } from "node:util";
import { readAuditPublicKey } from "./app/audit-public-key.ts";
import { chooseFile } from "./config/choose-file.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { loadSettings } from "./config/load.ts";

const help = `axonflow audit public-key: the public half of the key that signs the audit log, for auditors to keep.

Usage: axonflow audit public-key [--config FILE | --environment NAME]

  --config FILE        the gateway's configuration; settings come from the environment too, as for axonflow serve
  --environment NAME   the configuration of this name (AXONFLOW_ENVIRONMENT)
  -h, --help           this text

The key is written to stdout as PEM, its id and its SHA-256 to stderr. Give it to auditors on another way than the log:
axonflow audit verify --public-key FILE then believes no other.
Exit status: 0, or 2 when there is no signing key or it cannot be read.
`;

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`axonflow audit public-key:\n${error.message.replace(/^/gm, "  ")}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<void> {
  const values = parse(args);
  if (values.help) return void process.stdout.write(help);
  const file = chooseFile(
    { configFile: values.config, environment: values.environment },
    process.env,
  );
  const settings = loadSettings({ flags: new Map(), env: process.env, file });
  const { keyId, pem, sha256 } = await readAuditPublicKey(settings);
  process.stdout.write(pem);
  process.stderr.write(`${keyId}, SHA-256 ${sha256}\n`);
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: "string" },
        environment: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} Add --help for the list of options.`]);
  }
}
