import { randomBytes } from "node:crypto";
import type { Child } from "./demo/child.ts";
import { type DemoOptions, helpText, readCommandLine } from "./demo/command-line.ts";
import { commandsToTry } from "./demo/commands-to-try.ts";
import { DemoError } from "./demo/demo-error.ts";
import { freePort } from "./demo/free-port.ts";
import { showCalls } from "./demo/show-calls.ts";
import { type DemoGateway, startEmulator, startGateway, untilReady } from "./demo/start-gateway.ts";

// `npm run demo`: a gateway before an emulated Bedrock, three calls, and commands to try. `--help` says more.

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => interruption.abort());
}

/** What has been started, latest last. */
const children: Child[] = [];

try {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === "help") console.log(helpText);
  else await demonstrate(options, interruption.signal);
} catch (error) {
  if (!interruption.signal.aborted) {
    console.error(`\nThe demo failed. ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
    interruption.abort();
  }
} finally {
  for (const child of children.reverse()) await child.end();
}

async function demonstrate(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const gateway = await describeGateway(options);
  console.log("Starting an emulated Bedrock, and the gateway before it …");
  const emulator = started(startEmulator());
  const emulatorUrl = await whileRunning(emulator.prints(/http:\S+(?=\s)/), signal);
  started(startGateway(gateway, emulatorUrl));
  await whileRunning(untilReady(gateway, signal), signal);
  const { httpPort, grpcPort } = gateway;
  console.log(`Ready: gRPC on ${grpcPort}; REST, Connect and gRPC-Web on ${httpPort}.`);
  await whileRunning(showCalls(gateway, emulatorUrl, signal), signal);
  if (options.once) return;
  console.log(commandsToTry(gateway));
  await whileRunning(new Promise<never>(() => {}), signal);
}

async function describeGateway({ httpPort, grpcPort }: DemoOptions): Promise<DemoGateway> {
  if (httpPort === grpcPort && httpPort !== 0) {
    throw new DemoError(`--http-port and --grpc-port are both ${httpPort}; they must differ.`);
  }
  return {
    httpPort: await freePort(httpPort, "--http-port"),
    grpcPort: await freePort(grpcPort, "--grpc-port"),
    licenseKey: `demo-${randomBytes(16).toString("hex")}`,
  };
}

function started(child: Child): Child {
  children.push(child);
  return child;
}

/** Waits for the promise, but no longer than the children run and nobody interrupts. */
function whileRunning<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const interrupted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, interrupted, ...children.map(({ failed }) => failed)]);
}
