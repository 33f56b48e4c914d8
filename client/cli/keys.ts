import type { Command } from "commander";
import { addKeysCreateCommand } from "./keys-create.ts";
import { addKeysListCommand } from "./keys-list.ts";
import { addKeysRevokeCommand } from "./keys-revoke.ts";
import { addKeysRotateCommand } from "./keys-rotate.ts";

const examples = `
Examples:
  $ axonflow keys list
  $ KEY=$(axonflow keys create billing --tenant acme --model 'claude-*' --budget daily=5)
  $ axonflow keys rotate billing --grace 1d
  $ axonflow keys revoke billing`;

/** Adds `axonflow keys`: makes, lists, rotates and revokes the licence keys that the gateway keeps. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command("keys")
    .summary("make, list, rotate and revoke licence keys")
    .description(
      "Licence keys that the gateway keeps beside those of its configuration. A key's secret is shown once.",
    )
    .addHelpText("after", examples);
  addKeysListCommand(keys);
  addKeysCreateCommand(keys);
  addKeysRotateCommand(keys);
  addKeysRevokeCommand(keys);
}
