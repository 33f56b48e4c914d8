import { parseArgs } from "node:util";
import { chooseFile, fileVariables } from "./config/choose-file.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { settingsTable } from "./config/settings.ts";

/** What the command line of `axonflow serve` says. */
export interface Flags {
  readonly help: boolean;
  readonly insecureNoAuth: boolean;
  readonly configFile: string | undefined;
  /** Settings given as flags, by environment variable. */
  readonly settings: ReadonlyMap<string, { readonly value: string; readonly where: string }>;
}

const settingFlags = [
  ["http-port", "AXONFLOW_HTTP_PORT"],
  ["grpc-port", "AXONFLOW_GRPC_PORT"],
  ["host", "AXONFLOW_HOST"],
] as const;

/**
 * Reads the command line, and what the environment says about the file; an unknown or incomplete flag is a
 * ConfigurationError.
 */
export function readFlags(args: readonly string[], env: NodeJS.ProcessEnv): Flags {
  const { values } = parse(args);
  const chosen = { configFile: values.config, environment: values.environment };
  const settings = new Map<string, { value: string; where: string }>();
  for (const [flag, env] of settingFlags) {
    const value = values[flag];
    if (value) settings.set(env, { value, where: `--${flag}` });
  }
  return {
    help: values.help,
    insecureNoAuth: values["insecure-no-auth"],
    configFile: values.help ? undefined : chooseFile(chosen, env),
    settings,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "http-port": { type: "string" },
        "grpc-port": { type: "string" },
        host: { type: "string" },
        config: { type: "string" },
        environment: { type: "string" },
        "insecure-no-auth": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${message} \`axonflow serve --help\` lists the flags.`]);
  }
}

/** The help of `axonflow serve`. */
export function helpText(): string {
  const settings = Object.values(settingsTable).map(({ env, yaml, summary, fallback }) => {
    const standard = fallback ? ` Default: ${fallback}` : "";
    return `  ${env} (${yaml})\n      ${summary}${standard}`;
  });
  const files = Object.entries(fileVariables).map(([env, summary]) => `  ${env}\n      ${summary}`);
  return `axonflow serve: the gateway itself.

Usage: axonflow serve [--http-port PORT] [--grpc-port PORT] [--host ADDRESS] [--config FILE | --environment NAME]
                      [--insecure-no-auth]

  --http-port PORT     REST, Connect, gRPC-Web and gRPC (default 8082; 0 takes any free port)
  --grpc-port PORT     gRPC, health and reflection (default 50051; 0 takes any free port)
  --host ADDRESS       address to listen on (default 0.0.0.0)
  --config FILE        a YAML file with any of the settings below
  --environment NAME   the same from the directory of configurations: NAME.yaml (AXONFLOW_ENVIRONMENT)
  --insecure-no-auth   let everybody call; only with --host 127.0.0.1, ::1 or localhost
  -h, --help           this text

A flag wins over the environment, which wins over the file. The settings are, as environment variables and (as YAML):

${settings.join("\n")}

Which file is read (--config wins), as environment variables:

${files.join("\n")}

AWS credentials come from the AWS SDK's own chain: environment, profile, container or instance role.
Exit status: 0 after SIGTERM or SIGINT, 1 after a fault, 2 when the configuration has to be mended.
`;
}
