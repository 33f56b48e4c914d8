import { parseArgs } from "node:util";
import { DemoError } from "./demo-error.ts";

/** What the demo was asked to do. */
export interface DemoOptions {
  /** 0 means any free port, here and below. */
  readonly httpPort: number;
  readonly grpcPort: number;
  /** End after the calls. */
  readonly once: boolean;
}

/** What `--help` prints. */
export const helpText = `npm run demo: the gateway before an emulated Bedrock, on this machine, without an AWS account.

Usage: npm run demo -- [--http-port PORT] [--grpc-port PORT] [--once]

  --http-port PORT   REST, Connect and gRPC-Web (default 8082, or AXONFLOW_HTTP_PORT; 0 takes any free port)
  --grpc-port PORT   gRPC (default 50051, or AXONFLOW_GRPC_PORT; 0 takes any free port)
  --once             end after these calls instead of staying up
  -h, --help         this text

It asks for a whole answer, for a stream, and once more while a region fails, then prints commands to try and stays up until Ctrl-C.
Nothing leaves this machine, and no AWS settings of yours are used.
Exit status: 0 when all went well, 1 otherwise.`;

/** Reads flags, then the environment; throws a DemoError for what it does not understand. */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DemoOptions | "help" {
  const values = parse(args);
  if (values.help) return "help";
  return {
    httpPort: port("--http-port", values["http-port"] ?? env.AXONFLOW_HTTP_PORT, 8082),
    grpcPort: port("--grpc-port", values["grpc-port"] ?? env.AXONFLOW_GRPC_PORT, 50051),
    once: values.once,
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      "http-port": { type: "string" },
      "grpc-port": { type: "string" },
      once: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new DemoError(`${message} \`npm run demo -- --help\` lists the flags.`);
  }
}

function port(flag: string, text: string | undefined, fallback: number): number {
  if (!text) return fallback;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new DemoError(`${flag} must be a port from 0 to 65535, not ${JSON.stringify(text)}.`);
}
