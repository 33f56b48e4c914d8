import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import {
  createGatewayClient,
  type GatewayClient,
  type NodeProtocol,
  type TlsOptions,
} from "../sdk/node.ts";
import { UsageError } from "./usage-error.ts";

/** The options that every command which calls a gateway has. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly transport: NodeProtocol;
  readonly licenseKeyFile?: string;
  readonly caFile?: string;
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
  readonly timeoutMs?: number;
}

/** Where a gateway listens on one's own machine, by protocol. */
const defaultUrls: Readonly<Record<NodeProtocol, string>> = {
  grpc: "http://127.0.0.1:50051",
  connect: "http://127.0.0.1:8082",
  "grpc-web": "http://127.0.0.1:8082",
};

/** Adds them to a command. There is no option for the key itself: it would show in the list of processes. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--url <url>",
        `the gateway (default: ${defaultUrls.grpc}, or ${defaultUrls.connect} for connect and grpc-web)`,
      ).env("AXONFLOW_URL"),
    )
    .addOption(
      new Option("--transport <protocol>", "how to call it")
        .choices(Object.keys(defaultUrls))
        .default("grpc"),
    )
    .option(
      "--license-key-file <file>",
      "a file with the licence key (instead of the environment variable AXONFLOW_LICENSE_KEY)",
    )
    .addOption(
      new Option(
        "--ca-file <file>",
        "the authorities that the certificate of an https gateway may come from, as PEM",
      ).env("AXONFLOW_CA_FILE"),
    )
    .addOption(
      new Option("--client-cert-file <file>", "a client certificate, as PEM").env(
        "AXONFLOW_CLIENT_CERT_FILE",
      ),
    )
    .addOption(
      new Option("--client-key-file <file>", "the private key of that certificate, as PEM").env(
        "AXONFLOW_CLIENT_KEY_FILE",
      ),
    );
}

/** The address that calls will go to. */
export function urlOf({ url, transport }: ConnectionOptions): string {
  return url || defaultUrls[transport];
}

/** Makes a client; throws a UsageError for a bad URL, key or key file. */
export function openClient(options: ConnectionOptions): GatewayClient {
  const { transport } = options;
  try {
    const licenseKey = readKey(options);
    return createGatewayClient({
      url: urlOf(options),
      transport,
      licenseKey,
      tls: readTls(options),
    });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/** No key at all is left to the gateway to judge: it may have been started without any. */
function readKey({ licenseKeyFile }: ConnectionOptions): string | undefined {
  if (licenseKeyFile === undefined) return process.env.AXONFLOW_LICENSE_KEY?.trim() || undefined;
  return readText("licence key file", licenseKeyFile).trim();
}

function readTls({ caFile, clientCertFile, clientKeyFile }: ConnectionOptions): TlsOptions {
  return {
    ca: caFile && readText("file of authorities", caFile),
    certificate: clientCertFile && readText("client certificate", clientCertFile),
    key: clientKeyFile && readText("key of the client certificate", clientKeyFile),
  };
}

function readText(what: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `Cannot read the ${what}: ${error instanceof Error ? error.message : error}`,
    );
  }
}
