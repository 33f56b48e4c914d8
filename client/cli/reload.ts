import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { ReloadResponseSchema } from "../../gen/axonflow/gateway/v1/admin_pb.ts";
import { type AdminOptions, addAdminOptions } from "./admin-options.ts";
import { json } from "./json.ts";
import { withGateway } from "./with-gateway.ts";

/** Adds `axonflow reload`: the gateway reads its configuration again, and changes everything or nothing. */
export function addReloadCommand(program: Command): void {
  const command = program
    .command("reload")
    .summary("make the gateway read its configuration again")
    .description(
      "Makes the gateway process that answers read its configuration again. With a mistake in it nothing changes, and all mistakes are told.",
    )
    .option("--json", "print one JSON object");
  addAdminOptions(command).action((options: AdminOptions & { readonly json?: boolean }) =>
    withGateway(options, async ({ client, output, signal }) => {
      const configuration = await client.admin.reload({ signal, timeoutMs: options.timeoutMs });
      const text = options.json
        ? json(
            ReloadResponseSchema,
            create(ReloadResponseSchema, { ...(configuration && { configuration }) }),
          )
        : `The configuration of generation ${configuration?.generation ?? "?"} holds from the next call on.\n`;
      await output.write(text);
    }),
  );
}
