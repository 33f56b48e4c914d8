// Writes what the tables of settings and policies say about configurations: config/axonflow.schema.json, in the form that
// the style check wants, and the table in docs/configuration.md.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { configurationSchema } from "../server/config/schema/configuration-schema.ts";
import { withSettings } from "../server/config/schema/settings-document.ts";

const schema = "config/axonflow.schema.json";
const input = JSON.stringify(configurationSchema());
writeFileSync(schema, execFileSync("biome", ["format", `--stdin-file-path=${schema}`], { input }));

const document = "docs/configuration.md";
writeFileSync(document, withSettings(readFileSync(document, "utf8")));
