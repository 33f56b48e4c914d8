import type { Command } from "commander";
import { RotateKeyResponseSchema } from "../../gen/axonflow/gateway/v1/key_pb.ts";
import { json } from "./json.ts";
import { addKeysOptions, type KeysOptions, readAge } from "./key-options.ts";
import { stateWords } from "./keys-sheet.ts";
import { withGateway } from "./with-gateway.ts";

/** Adds `axonflow keys rotate`. */
export function addKeysRotateCommand(keys: Command): void {
  const command = keys
    .command("rotate")
    .summary("give a licence key a new secret")
    .description(
      "Puts a key with a new secret in the place of one. Name, tenant and grants stay, and so what was spent.",
    )
    .argument("<key>", "a name, or an id")
    .option("--grace <time>", "how long the old secret still holds, such as 1h or 7d", readAge);
  addKeysOptions(command).action(
    (key: string, options: KeysOptions & { readonly grace?: number }) =>
      withGateway(options, async ({ client, output, signal }) => {
        const { grace: gracePeriodMs, timeoutMs } = options;
        const rotated = await client.keys.rotate(key, { gracePeriodMs }, { signal, timeoutMs });
        if (options.json) return output.write(json(RotateKeyResponseSchema, rotated));
        const { replaced } = rotated;
        if (replaced) output.note(`The old secret, ${replaced.prefix}…, ${endWords(replaced)}.`);
        output.note(`The id is now ${rotated.key?.id}. This is the secret; it is not shown again:`);
        await output.write(`${rotated.secret}\n`);
      }),
  );
}

function endWords(replaced: Parameters<typeof stateWords>[0]): string {
  const words = stateWords(replaced, Date.now());
  return words === "revoked" ? "is refused from now on" : words;
}
