import type { GatewayClient } from "../sdk/node.ts";
import { type ConnectionOptions, openClient, urlOf } from "./connection.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { failureText } from "./failure-text.ts";
import { createInterruption } from "./interruption.ts";
import { createOutput, type Output } from "./output.ts";

/** What a command that calls a gateway works with. */
export interface Session {
  readonly client: GatewayClient;
  readonly output: Output;
  /** Aborts when the command is interrupted. */
  readonly signal: AbortSignal;
}

/** Runs such a command, from opening the client to the exit status; whatever it throws ends as a text on stderr. */
export async function withGateway(
  options: ConnectionOptions,
  run: (session: Session) => Promise<void>,
): Promise<void> {
  const interruption = createInterruption();
  const output = createOutput(interruption);
  let exitCode: number = exitCodes.ok;
  try {
    const client = openClient(options);
    try {
      await run({ client, output, signal: interruption.signal });
    } finally {
      client.close();
    }
  } catch (error) {
    exitCode = exitCodeOf(error);
    if (interruption.exitCode === undefined) output.note(failureText(error, urlOf(options)));
  }
  process.exitCode = interruption.exitCode ?? exitCode;
}
