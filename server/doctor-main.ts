import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createExamination } from "./app/doctor.ts";
import { version } from "./app/version.ts";
import { chooseFile } from "./config/choose-file.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { configurationHash } from "./config/configuration-hash.ts";
import { loadConfiguration } from "./config/load-configuration.ts";
import { chosenChecks, readAttestations } from "./doctor/options.ts";
import { exitStatus } from "./doctor/report/exit-status.ts";
import { createReport, type DoctorReport } from "./doctor/report/report.ts";
import { reportHtml } from "./doctor/report/report-html.ts";
import { reportText } from "./doctor/report/report-text.ts";
import { runChecks } from "./doctor/run-checks.ts";

const help = `axonflow doctor: whether the AWS account and this gateway are as a HIPAA deployment needs them.

Usage: axonflow doctor [--config FILE | --environment NAME] [--role NAME] [--attest baa=DATE:NAME]… [--only ID[,ID]]
                       [--json] [--html FILE] [--verbose] [--strict] [--timeout SECONDS]

  --config FILE        the gateway's configuration; settings come from the environment too, as for axonflow serve
  --environment NAME   the configuration of this name (AXONFLOW_ENVIRONMENT)
  --role NAME          the gateway's IAM role, where somebody else runs the doctor; default: the role that runs it
  --attest baa=DATE:NAME  what is stated where it cannot be asked: baa=2026-01-31:jane; it stays unknown, with the name
  --only ID[,ID]       only these checks, for example cloud-trail,vpc-endpoint
  --json               for programs
  --html FILE          a page for auditors, besides what is printed
  --verbose            what was read of every check, also of those that pass
  --strict             something unknown ends with status 3
  --timeout SECONDS    of each check; default 15
  -h, --help           this text

Nothing is changed, in AWS or here. AWS credentials come from the AWS SDK's own chain; axonflow iam-policy --doctor prints
what they have to be allowed. Where AWS gives no answer a check is unknown, never a pass.
Exit status: 0 nothing fails (warnings are no failure); 1 something fails; 2 wrong usage, or a mistake in the configuration;
3 with --strict: nothing fails, and something is unknown.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`axonflow doctor:\n${error.message.replace(/^/gm, "  ")}\n`);
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
  const checked = loadConfiguration({ flags: new Map(), env: process.env, file });
  const attested = asked(() => readAttestations(values.attest));
  const limitMs = limitOf(values.timeout);
  const examination = await createExamination({ checked, role: values.role, attested });
  const checks = asked(() => chosenChecks(examination.checks, values.only));
  const report = createReport(
    {
      atMs: Date.now(),
      version,
      nodeVersion: process.versions.node,
      configurationFile: file,
      configurationHash: configurationHash(checked.settings),
      regions: examination.regions,
      models: [...new Set(examination.models.map(({ calledId }) => calledId))],
    },
    await runChecks(checks, { limitMs }),
  );
  if (values.html !== undefined) await writePage(values.html, report);
  process.stdout.write(
    values.json ? `${JSON.stringify(report, null, 2)}\n` : text(report, values.verbose),
  );
  return exitStatus(report, values.strict);
}

function text(report: DoctorReport, isVerbose: boolean): string {
  const { isTTY = false, columns = 100 } = process.stdout;
  const hasColours = isTTY && !process.env.NO_COLOR;
  return reportText(report, { width: Math.min(columns, 100), hasColours, isVerbose });
}

async function writePage(file: string, report: DoctorReport): Promise<void> {
  try {
    await writeFile(file, reportHtml(report));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new ConfigurationError([`--html: ${file} cannot be written (${code}).`]);
  }
}

/** What is wrong with an option is a mistake of whoever calls. */
function asked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigurationError([error instanceof Error ? error.message : String(error)]);
  }
}

function limitOf(seconds: string): number {
  const limit = Number(seconds);
  if (limit >= 1 && limit <= 600) return limit * 1000;
  throw new ConfigurationError([`--timeout must be from 1 to 600 seconds, not ${seconds}.`]);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: "string" },
        environment: { type: "string" },
        role: { type: "string" },
        attest: { type: "string", multiple: true, default: [] },
        only: { type: "string" },
        json: { type: "boolean", default: false },
        html: { type: "string" },
        verbose: { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
        timeout: { type: "string", default: "15" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} Add --help for the list of options.`]);
  }
}
