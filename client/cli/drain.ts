import type { Command } from "commander";
import type { AdminClient } from "../sdk/node.ts";
import { type AdminOptions, addAdminOptions } from "./admin-options.ts";
import { withGateway } from "./with-gateway.ts";

/** Adds `axonflow drain` and `axonflow undrain`. */
export function addDrainCommands(program: Command): void {
  addCommand(program, {
    name: "drain",
    summary: "give a provider or one of its regions no new calls",
    description:
      "Gives a place no new calls. Those under way there go on to their end: axonflow status shows how many there are.",
    change: "drainPlace",
  });
  addCommand(program, {
    name: "undrain",
    summary: "let a drained place serve again",
    description: "Lets a place that was drained serve again. Name it as it was drained.",
    change: "undrainPlace",
  });
}

interface DrainCommand {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly change: keyof AdminClient & `${string}Place`;
}

function addCommand(program: Command, { name, summary, description, change }: DrainCommand): void {
  const command = program
    .command(name)
    .summary(summary)
    .description(description)
    .argument(
      "<place>",
      "a provider, such as bedrock, or a region of it, such as bedrock/us-east-1",
    )
    .option("--json", "print one JSON object");
  addAdminOptions(command).action(
    (place: string, options: AdminOptions & { readonly json?: boolean }) =>
      withGateway(options, async ({ client, output, signal }) => {
        const call = { signal, timeoutMs: options.timeoutMs };
        const drained = await client.admin[change](place, call);
        await output.write(
          options.json
            ? `${JSON.stringify({ drained_places: drained })}\n`
            : `drained: ${drained.join(", ") || "nothing"}\n`,
        );
      }),
  );
}
