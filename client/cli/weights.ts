import { type Command, InvalidArgumentError } from "commander";
import { type AdminOptions, addAdminOptions } from "./admin-options.ts";
import { weightsSheet } from "./weights-sheet.ts";
import { withGateway } from "./with-gateway.ts";

type Weights = Readonly<Record<string, number>>;

const examples = `
Examples:
  $ axonflow weights
  $ axonflow weights openai=0.9 bedrock=0.1
  $ axonflow weights bedrock=1

The numbers may have any sum. A provider that is left out gets no calls, not even when others fail.`;

/** Adds `axonflow weights`: shows the shares in which providers get calls, or replaces them. */
export function addWeightsCommand(program: Command): void {
  const command = program
    .command("weights")
    .summary("show or replace the shares in which providers get calls")
    .description("Shows the routing weights; with arguments, replaces all of them.")
    .argument("[provider=weight...]", "each provider's share, a number from 0", readWeight)
    .option("--json", "print one JSON object")
    .addHelpText("after", examples);
  addAdminOptions(command).action(
    (weights: Weights, options: AdminOptions & { readonly json?: boolean }) =>
      withGateway(options, async ({ client, output, signal }) => {
        const call = { signal, timeoutMs: options.timeoutMs };
        // Commander gives an empty list where there are no arguments.
        const isGiven = Object.keys(weights).length > 0;
        const held = isGiven
          ? await client.admin.setRoutingWeights(weights, call)
          : (await client.admin.getStatus(call)).routingWeights;
        const text = options.json
          ? `${JSON.stringify({ routing_weights: held })}\n`
          : weightsSheet(held);
        await output.write(text);
      }),
  );
}

function readWeight(text: string, before: Weights = {}): Weights {
  const { provider, weight } =
    /^(?<provider>[^=]+)=(?<weight>\d+(?:\.\d+)?|\.\d+)$/.exec(text)?.groups ?? {};
  if (provider === undefined) {
    throw new InvalidArgumentError("It must be a provider and a number, such as openai=0.9.");
  }
  if (Object.hasOwn(before, provider)) {
    throw new InvalidArgumentError(`There is a weight of ${provider} already.`);
  }
  return { ...before, [provider]: Number(weight) };
}
