import { helpText, readCommandLine } from "./command-line.ts";
import { createEmulator } from "./emulator.ts";

const badUsage = 2;
const failure = 1;

/** Starts the emulator as a process; it ends with status 0 on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  let options: ReturnType<typeof readCommandLine>;
  try {
    options = readCommandLine(process.argv.slice(2), process.env);
  } catch (error) {
    return exit(error, badUsage);
  }
  if (options === "help") {
    console.log(helpText);
    return;
  }
  try {
    const emulator = await createEmulator(options);
    const stop = () => void emulator.close();
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    console.log(`Bedrock Runtime emulator ready at ${emulator.url}`);
  } catch (error) {
    exit(error, failure);
  }
}

function exit(error: unknown, status: number): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`emulator: ${message.split("\n", 1)[0]}`);
  process.exitCode = status;
}

await main();
