import { parseArgs } from "node:util";
import { verifyAudit } from "./app/audit-verify.ts";
import { chooseFile } from "./config/choose-file.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { loadSettings } from "./config/load.ts";

const help = `axonflow audit verify: whether the audit log is as it was written. No gateway is asked, and no secret is needed.

Usage: axonflow audit verify [FILE] [--config FILE | --environment NAME] [--public-key FILE]… [--anchor FILE]…
                             [--decrypt] [--entries FILE] [--json]
       axonflow audit verify --gateway [--json] …: asks a running gateway instead; --gateway --help lists its options

  FILE                 a copy that axonflow audit export made, or the archive's; default: the configured store, in AXONFLOW_DATA_DIR or
                       AXONFLOW_DATABASE_URL, while a gateway runs or not
  --config FILE        the gateway's configuration; settings come from the environment too, as for axonflow serve
  --environment NAME   the configuration of this name (AXONFLOW_ENVIRONMENT)
  --public-key FILE    only this key may have signed (PEM or DER); may be given again
  --anchor FILE        checkpoints that were kept elsewhere, a JSON object on each line; may be given again
  --decrypt            also read every record, with the configured master key, and tell how many cannot be read
  --entries FILE       the same, and write what they say into this file, a JSON object on each line
  --json               for programs
  -h, --help           this text

Exit status: 0 all is as it was written; 1 something is not, or could not be read to its end; 2 wrong usage, or there is
nothing that could be looked at.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof ConfigurationError;
  const text = error instanceof Error ? error.message : String(error);
  const said = isUsage ? text : `The log could not be read to its end: ${text}`;
  process.stderr.write(`axonflow audit verify:\n${said.replace(/^/gm, "  ")}\n`);
  process.exitCode = isUsage ? 2 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [copy, ...others] = positionals;
  if (copy === "-") {
    throw new ConfigurationError(["A copy is read more than once: FILE, not stdin."]);
  }
  if (others.length > 0) {
    throw new ConfigurationError([
      `One FILE at a time, not ${positionals.length}. The parts of a copy can be put together: cat PART… > FILE.`,
    ]);
  }
  const file = chooseFile(
    { configFile: values.config, environment: values.environment },
    process.env,
  );
  const { isWhole, said } = await verifyAudit({
    settings: loadSettings({ flags: new Map(), env: process.env, file }),
    copy,
    publicKeyFiles: values["public-key"],
    anchorFiles: values.anchor,
    decrypts: values.decrypt,
    entriesFile: values.entries,
    asJson: values.json,
    progress,
  });
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  process.stdout.write(said);
  return isWhole ? 0 : 1;
}

/** A line that is written over and over, for a person who waits. */
function progress(records: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${records.toLocaleString("en-US")} records read\u001b[K`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: "string" },
        environment: { type: "string" },
        "public-key": { type: "string", multiple: true, default: [] },
        anchor: { type: "string", multiple: true, default: [] },
        decrypt: { type: "boolean", default: false },
        entries: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [problem = ""] = message.split(/\. To specify /);
    throw new ConfigurationError([
      `${problem.replace(/\.?$/, ".")} Add --help for the list of options.`,
    ]);
  }
}
