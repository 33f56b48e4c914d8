import type { Command } from "commander";
import {
  type Completed,
  type CompleteResponse,
  CompleteResponseSchema,
  CompleteStreamResponseSchema,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type CompletionRequest, GatewayCallError } from "../sdk/node.ts";
import {
  addCompletionOptions,
  type CompletionOptions,
  completionRequest,
} from "./completion-options.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { json } from "./json.ts";
import { wholeNumber } from "./option-values.ts";
import { readPrompt } from "./read-prompt.ts";
import { summaryLine } from "./summary-line.ts";
import { failedTraceTree, traceTree } from "./trace-tree.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface CompleteOptions extends ConnectionOptions, CompletionOptions {
  readonly stream?: boolean;
  readonly json?: boolean;
  readonly trace?: boolean;
  readonly timeoutMs?: number;
  readonly idempotencyKey?: string;
}

const examples = `
Examples:
  $ axonflow complete "What is the capital of France?"
  $ axonflow complete "Write 40 words." --stream --model claude-3-haiku
  $ git diff | axonflow complete - --system "Review this change." --max-tokens 500
  $ axonflow complete "hi" --json | jq .usage
  $ axonflow complete "What is on this picture?" --image cat.png --model claude-sonnet
  $ axonflow complete "Who is in this text? …" --schema people.schema.json
  $ axonflow complete "Write 40 words." --stream --trace

The answer goes to stdout and everything else to stderr.
The licence key is read from AXONFLOW_LICENSE_KEY or --license-key-file.`;

/** Adds `axonflow complete`: asks a model and prints its answer. */
export function addCompleteCommand(program: Command): void {
  const command = program
    .command("complete")
    .summary("ask a model and print its answer")
    .description("Asks a model through the gateway and prints its answer.")
    .argument("<prompt>", "what to ask; - reads it from stdin")
    .option("--stream", "print the answer as it is written")
    .option("--timeout-ms <ms>", "give up after so long", wholeNumber(1, 99_999_999))
    .option(
      "--idempotency-key <key>",
      "the same request with the same key is answered, and billed, once",
    )
    .option("--json", "print the whole answer as JSON; with --stream, each event as a line of JSON")
    .option("--trace", "show every attempt that was made, as a tree on stderr");
  addConnectionOptions(addCompletionOptions(command))
    .addHelpText("after", examples + exitCodesHelp)
    .action((prompt: string, options: CompleteOptions) =>
      withGateway(options, async (session) => {
        const request = completionRequest(await readPrompt(prompt, session.signal), options);
        await (options.trace ? printTraced : print)(session, request, options);
      }),
    );
}

type Print = typeof printWhole;

const print: Print = (session, request, options) =>
  (options.stream ? printStream : printWhole)(session, request, options);

/** The tree stands below the answer, or before what is said about the error. */
async function printTraced(...[session, request, options]: Parameters<Print>): Promise<void> {
  const { output } = session;
  try {
    output.note(traceTree(await print(session, request, options)));
  } catch (error) {
    if (error instanceof GatewayCallError) output.note(failedTraceTree(error));
    throw error;
  }
}

async function printWhole(
  { client, output, signal }: Session,
  request: CompletionRequest,
  options: CompleteOptions,
): Promise<CompleteResponse | Completed> {
  const { timeoutMs, idempotencyKey } = options;
  const answer = await client.complete(request, { signal, timeoutMs, idempotencyKey });
  if (options.json) await output.write(json(CompleteResponseSchema, answer));
  else {
    await output.write(answer.content.endsWith("\n") ? answer.content : `${answer.content}\n`);
    output.note(summaryLine(answer));
  }
  return answer;
}

async function printStream(
  { client, output, signal }: Session,
  request: CompletionRequest,
  options: CompleteOptions,
): Promise<Completed> {
  const { timeoutMs, idempotencyKey } = options;
  const stream = client.stream(request, { signal, timeoutMs, idempotencyKey });
  if (options.json) {
    for await (const event of stream.events) {
      await output.write(json(CompleteStreamResponseSchema, event));
    }
    return stream.summary();
  }
  let last = "";
  try {
    for await (const text of stream) {
      await output.write(text);
      last = text || last;
    }
  } finally {
    if (last && !last.endsWith("\n")) await output.write("\n");
  }
  const summary = await stream.summary();
  output.note(summaryLine(summary));
  return summary;
}
