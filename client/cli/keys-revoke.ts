import type { Command } from "commander";
import { RevokeKeyResponseSchema } from "../../gen/axonflow/gateway/v1/key_pb.ts";
import { json } from "./json.ts";
import { addKeysOptions, type KeysOptions } from "./key-options.ts";
import { withGateway } from "./with-gateway.ts";

/** Adds `axonflow keys revoke`. */
export function addKeysRevokeCommand(keys: Command): void {
  const command = keys
    .command("revoke")
    .summary("end a licence key")
    .description("Ends a key: new calls with it are refused. Calls under way go on to their end.")
    .argument("<key>", "a name, which means every key of that name, or the id of one");
  addKeysOptions(command).action((key: string, options: KeysOptions) =>
    withGateway(options, async ({ client, output, signal }) => {
      const { timeoutMs } = options;
      const revoked = await client.keys.revoke(key, { signal, timeoutMs });
      if (options.json) return output.write(json(RevokeKeyResponseSchema, revoked));
      const lines = revoked.keys.map(
        ({ name, prefix }) => `The licence key ${name}, ${prefix}…, is refused from now on.\n`,
      );
      await output.write(lines.join(""));
    }),
  );
}
