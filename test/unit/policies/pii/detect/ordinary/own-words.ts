import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../../../../..");
const folders = ["server", "client", "docs", "deploy", "proto", "scripts", "bench"];
const texts = /\.(?:ts|md|proto|ya?ml|json|sql|css|html)$/;
/** Who speaks of personal data shows examples of it. */
const aboutPersonalData = /\bpii|personal data|redact|e-?mail|telephone/i;

/** The project's own sources and documents, but for those that speak of personal data. */
export function ownWords(): readonly { readonly path: string; readonly text: string }[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && texts.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes("node_modules") && !path.includes("package-lock"))
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, "utf8") }))
    .filter(({ path, text }) => !aboutPersonalData.test(text) && !path.includes("pii"));
}
