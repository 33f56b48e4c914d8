import type { Command } from "commander";
import { GetStatusResponseSchema } from "../../gen/axonflow/gateway/v1/admin_pb.ts";
import { type AdminOptions, addAdminOptions } from "./admin-options.ts";
import { json } from "./json.ts";
import { pipelineSheet, statusSheet } from "./status-sheet.ts";
import { withGateway } from "./with-gateway.ts";

interface StatusOptions extends AdminOptions {
  readonly pipeline?: boolean;
  readonly json?: boolean;
}

/** Adds `axonflow status`: what the gateway is doing right now. */
export function addStatusCommand(program: Command): void {
  const command = program
    .command("status")
    .summary("show the live state: endpoints, circuits, weights, drained places")
    .description("Shows what the gateway process that answers is doing right now.")
    .option("--pipeline", "show the layers that every call passes, and why in this order")
    .option("--json", "print one JSON object");
  addAdminOptions(command).action((options: StatusOptions) =>
    withGateway(options, async ({ client, output, signal }) => {
      const status = await client.admin.getStatus({ signal, timeoutMs: options.timeoutMs });
      const sheet = options.pipeline ? pipelineSheet : statusSheet;
      await output.write(options.json ? json(GetStatusResponseSchema, status) : sheet(status));
    }),
  );
}
