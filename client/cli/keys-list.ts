import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { ListKeysResponseSchema } from "../../gen/axonflow/gateway/v1/key_pb.ts";
import type { LicenseKey } from "../sdk/node.ts";
import { json } from "./json.ts";
import { addKeysOptions, type KeysOptions } from "./key-options.ts";
import { keysSheet } from "./keys-sheet.ts";
import { withGateway } from "./with-gateway.ts";

/** Adds `axonflow keys list`. */
export function addKeysListCommand(keys: Command): void {
  const command = keys
    .command("list")
    .summary("list the licence keys")
    .description("Lists the keys of the configuration and those that the gateway keeps.")
    .option("--all", "also those that do not hold any more");
  addKeysOptions(command).action((options: KeysOptions & { readonly all?: boolean }) =>
    withGateway(options, async ({ client, output, signal }) => {
      const { all: includeRevoked, timeoutMs } = options;
      const found: LicenseKey[] = [];
      const list = client.keys.list({ includeRevoked }, { signal, timeoutMs });
      for await (const key of list) found.push(key);
      const text = options.json
        ? json(ListKeysResponseSchema, create(ListKeysResponseSchema, { keys: found }))
        : keysSheet(found, Date.now());
      await output.write(text);
    }),
  );
}
