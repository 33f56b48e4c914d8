import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { EmulatorOptions } from "./emulator.ts";
import { type Lifecycle, lifecycles } from "./models/lifecycle.ts";
import { parsePacing } from "./pacing.ts";
import { parseFaultRules } from "./parse-fault-rules.ts";

/** What `--help` prints. */
export const helpText = `Usage: node emulator/main.ts [options]

A Bedrock Runtime on loopback that speaks the real wire protocol (HTTP/1.1 and HTTP/2 on one port).
Point an AWS SDK at it with endpoint http://127.0.0.1:PORT, access key id "emulator", secret "emulator".

Options, their environment variables, and what is taken when neither is there:
  --port P                 port to listen on, 0 for any free one   EMULATOR_PORT               (8090)
  --host H                 address to listen on                    EMULATOR_HOST               (127.0.0.1)
  --first-token-ms N       wait before the first token             EMULATOR_FIRST_TOKEN_MS     (0)
  --tokens-per-second N    rate of tokens after the first          EMULATOR_TOKENS_PER_SECOND  (no limit)
  --faults FILE.json       fault rules to start with, a JSON list  EMULATOR_FAULTS             (none)
  --lifecycle L            guide: every model answers; real: as on AWS  EMULATOR_LIFECYCLE     (guide)
  --log                    print one line per call
  --help                   print this

Try:  "What is the capital of France?", "Write 200 words.", "Echo: any text", "Count to 10"
While it runs:  curl -X PUT -d '[{"action":{"kind":"stall"}}]' http://127.0.0.1:PORT/_emulator/faults
Exit status:  0 stopped by a signal, 1 cannot listen, 2 bad usage.  More in docs/emulator.md.`;

const defaultPort = 8090;

/** Reads options from arguments, then from the environment; throws an Error fit for one line. */
export function readCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): EmulatorOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      host: { type: "string" },
      "first-token-ms": { type: "string" },
      "tokens-per-second": { type: "string" },
      faults: { type: "string" },
      lifecycle: { type: "string" },
      log: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return "help";
  const given = (option: keyof typeof values & string) => {
    const fromEnvironment = environment[`EMULATOR_${option.toUpperCase().replaceAll("-", "_")}`];
    const value = values[option] ?? fromEnvironment;
    return typeof value === "string" ? value : undefined;
  };
  const firstTokenDelayMs = readNumber("--first-token-ms", given("first-token-ms"));
  const tokensPerSecond = readNumber("--tokens-per-second", given("tokens-per-second"));
  const faultsFile = given("faults");
  return {
    port: readPort(given("port")),
    host: given("host") ?? "127.0.0.1",
    pacing: parsePacing({
      ...(firstTokenDelayMs !== undefined && { firstTokenDelayMs }),
      ...(tokensPerSecond !== undefined && { tokensPerSecond }),
    }),
    faults: faultsFile === undefined ? [] : readFaults(faultsFile),
    lifecycle: readLifecycle(given("lifecycle")),
    ...(values.log && { log: console.log }),
  };
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`${option} is not a number: ${text}`);
  return Number(text);
}

function readPort(text: string | undefined): number {
  const port = readNumber("--port", text) ?? defaultPort;
  if (Number.isInteger(port) && port <= 65_535) return port;
  throw new Error(`--port is not a port from 0 to 65535: ${text}`);
}

function readLifecycle(text = "guide"): Lifecycle {
  const lifecycle = lifecycles.find((each) => each === text);
  if (lifecycle) return lifecycle;
  throw new Error(`--lifecycle is not one of ${lifecycles.join(", ")}: ${text}`);
}

function readFaults(file: string): NonNullable<EmulatorOptions["faults"]> {
  try {
    return parseFaultRules(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`cannot use fault file ${file}: ${(error as Error).message}`);
  }
}
