import { readFileSync } from "node:fs";
import { parse, parseAllDocuments } from "yaml";

const deploy = new URL("../../../deploy/", import.meta.url);

/** Parsed YAML, to be looked into. */
// biome-ignore lint/suspicious/noExplicitAny: what stands in a manifest is what the claims are about.
export type Manifest = any;

/** A file below deploy/, as it stands. */
export function readDeployFile(path: string): string {
  return readFileSync(new URL(path, deploy), "utf8");
}

/** A YAML file below deploy/ that is one document. */
export function readManifest(path: string): Manifest {
  return parse(readDeployFile(path));
}

/** A YAML file below deploy/ of several documents. */
export function readManifests(path: string): readonly Manifest[] {
  return parseAllDocuments(readDeployFile(path)).map((document) => document.toJS());
}
