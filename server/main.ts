import { setFlagsFromString } from "node:v8";
import { type App, type AppOptions, startApp } from "./app.ts";
import { ConfigurationError } from "./config/configuration-error.ts";
import { wantsBedrock } from "./config/conflicts.ts";
import { loadConfiguration } from "./config/load-configuration.ts";
import type { Settings } from "./config/settings.ts";
import { unknownVariables } from "./config/unknown-variables.ts";
import { watchFile } from "./config/watch.ts";
import { systemClock } from "./core/clock.ts";
import type { LicenseKey } from "./core/license-keys.ts";
import type { Log } from "./core/log.ts";
import { type Flags, helpText, readFlags } from "./flags.ts";
import { regionFromSdk } from "./providers/bedrock/client.ts";
import { createLog } from "./telemetry/log.ts";
import { type RunningTelemetry, startTelemetry } from "./telemetry/setup.ts";

// V8 comes to allocate what often survives among the old, where a call's remains wait for the next full collection and keep
// what they name; without that and such Maps a call costs a fifth less (docs/decisions/2026-11-24-no-long-lived-maps-of-calls.md).
setFlagsFromString("--no-allocation-site-pretenuring");

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`axonflow serve cannot start:\n${error.message.replace(/^/gm, "  ")}\n`);
  process.exit(2);
}

async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, process.env);
  if (flags.help) return void process.stdout.write(helpText());
  const { settings: values, configFile: file } = flags;
  const load = () => loadConfiguration({ flags: values, env: process.env, file });
  const { settings, licenseKeys } = load();
  requireKeys(licenseKeys, settings, flags);
  const region = await requireProvider(settings);

  const log = createLog(settings.logLevel);
  for (const warning of unknownVariables(process.env)) log.warn({}, warning);
  const telemetry = await startTelemetry(process.env, log);
  const app = await openDoors({ settings, region, licenseKeys, log, load, telemetry });
  // Before anybody is told that it is ready, so that no SIGTERM finds it unprepared.
  endProperly(app, telemetry, settings, log);
  reloadOnWish(app, { configFile: file, licenseKeysFile: settings.licenseKeysFile }, log);
  const { httpPort, grpcPort } = app;
  const startMs = Math.round(performance.now());
  log.info(
    { httpPort, grpcPort, region, layers: app.layers.map(({ name }) => name), startMs },
    `ready: REST and Connect on ${httpPort}, gRPC on ${grpcPort}`,
  );
}

/** Without keys the gateway would let everybody in; that is for one's own machine only, and only when asked for. */
function requireKeys(keys: readonly LicenseKey[], settings: Settings, flags: Flags): void {
  const { host, clientCertificates } = settings;
  if (keys.length > 0 || clientCertificates.size > 0) return;
  const isLoopback = ["127.0.0.1", "::1", "localhost"].includes(host);
  if (flags.insecureNoAuth && isLoopback) return;
  const advice = flags.insecureNoAuth
    ? `--insecure-no-auth is for loopback only, and this gateway would listen on ${host}. Add --host 127.0.0.1, or configure keys.`
    : "Set AXONFLOW_LICENSE_KEYS or AXONFLOW_LICENSE_KEYS_FILE; on your own machine, --insecure-no-auth --host 127.0.0.1 goes without.";
  throw new ConfigurationError([`There is no licence key, so anybody could call. ${advice}`]);
}

/**
 * The region that Bedrock is asked in; undefined when Bedrock is off and OpenAI serves. A gateway without a provider
 * could only fail, so it does not start.
 */
async function requireProvider(settings: Settings): Promise<string | undefined> {
  if (!wantsBedrock(settings)) {
    if (settings.openaiApiKey !== undefined) return undefined;
    throw new ConfigurationError([
      "No provider is configured. Set LLM_BEDROCK_ENABLED=true and LLM_BEDROCK_REGION (or BedrockRegion in the file), or OPENAI_API_KEY.",
    ]);
  }
  const region = settings.bedrockRegion ?? (await regionFromSdk());
  if (region) return region;
  throw new ConfigurationError([
    "Bedrock has no region. Set LLM_BEDROCK_REGION (BedrockRegion), or AWS_REGION, or a region in the AWS profile.",
  ]);
}

async function openDoors(options: AppOptions): Promise<App> {
  try {
    return await startApp(options);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const { httpPort, grpcPort, host } = options.settings;
    if (!/EADDRINUSE|No address added|EACCES|EADDRNOTAVAIL/.test(text)) throw error;
    throw new ConfigurationError([
      `Cannot listen on ${host} with the ports ${httpPort} (HTTP) and ${grpcPort} (gRPC): ${text}. Choose others with --http-port and --grpc-port.`,
    ]);
  }
}

/** Reads the configuration again on SIGHUP, and when a file changes. What is wrong with it stands in the log. */
function reloadOnWish({ configuration }: App, files: WatchedFiles, log: Log): void {
  const reload = (cause: string) => {
    log.info({ cause }, "reloading the configuration");
    try {
      configuration.reload();
    } catch {
      // It is logged, and what held before holds on.
    }
  };
  process.on("SIGHUP", () => reload("SIGHUP"));
  const watch = (path: string | undefined, cause: string) => {
    if (path) watchFile({ path, clock: systemClock, changed: () => reload(cause) });
  };
  watch(files.configFile, "the file changed");
  watch(files.licenseKeysFile, "the file of licence keys changed");
}

/** The files whose changes are taken over. */
interface WatchedFiles {
  readonly configFile: string | undefined;
  readonly licenseKeysFile: string | undefined;
}

/** Drains on SIGTERM and SIGINT; a fault that nobody caught is logged before the process goes. */
function endProperly(app: App, telemetry: RunningTelemetry, settings: Settings, log: Log): void {
  let ending: Promise<void> | undefined;
  const end = (exitCode: number, drainTimeoutMs: number, drainDelayMs = 0) => {
    ending ??= app.stop(drainTimeoutMs, drainDelayMs).then(() => telemetry.shutdown());
    void ending.finally(() => process.exit(exitCode));
    setTimeout(() => {
      log.error({ drainTimeoutMs }, "the gateway did not end by itself");
      process.exit(1);
    }, drainTimeoutMs + closingLimitMs).unref();
  };
  const { drainTimeoutMs } = settings;
  // Whoever sends SIGINT sits before it, and has no load balancer that needs time.
  for (const [signal, delayMs] of [
    ["SIGTERM", settings.drainDelayMs],
    ["SIGINT", 0],
  ] as const) {
    process.on(signal, () => {
      log.info({ signal }, "draining");
      end(0, drainTimeoutMs, delayMs);
    });
  }
  for (const fault of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(fault, (error: unknown) => {
      log.error({ fault, err: error }, "a fault that nobody caught: draining, then ending");
      end(1, faultDrainMs);
    });
  }
}

/** Doors get a second to say their last words and telemetry three; whatever holds the process after ten is a fault. */
const closingLimitMs = 10_000;

/** After a fault the process cannot be trusted for long: running calls get this many milliseconds. */
const faultDrainMs = 2000;
