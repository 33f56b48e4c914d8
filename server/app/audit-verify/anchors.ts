import { readFileSync } from "node:fs";
import type { CheckpointContent, SeenHead } from "../../audit/writing/checkpoint-text.ts";
import { ConfigurationError } from "../../config/configuration-error.ts";

/** Checkpoints that were kept elsewhere: a JSON object on each line, as a checkpoint's record says it. */
export function readAnchors(files: readonly string[]): readonly CheckpointContent[] {
  return files.flatMap((path) =>
    linesOf(path).map(({ text, line }) => {
      const anchor = anchorOf(text);
      if (anchor) return anchor;
      throw refused(`${path}:${line} is no checkpoint: a JSON object with heads and a signature`);
    }),
  );
}

function linesOf(path: string): readonly { readonly text: string; readonly line: number }[] {
  const lines = read(path).split("\n");
  const numbered = lines.map((text, index) => ({ text, line: index + 1 }));
  const filled = numbered.filter(({ text }) => text.trim() !== "");
  if (filled.length === 0) throw refused(`${path} has no checkpoint`);
  return filled;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw refused(`${path} cannot be read (${code})`);
  }
}

function anchorOf(text: string): CheckpointContent | undefined {
  try {
    const anchor = JSON.parse(text);
    const isWhole =
      Number.isSafeInteger(anchor?.epochMs) &&
      ["keyId", "algorithm", "publicKey", "signature"].every(
        (name) => typeof anchor[name] === "string",
      ) &&
      Array.isArray(anchor.heads) &&
      anchor.heads.length > 0 &&
      anchor.heads.every(isHead);
    return isWhole ? anchor : undefined;
  } catch {
    return undefined;
  }
}

function isHead(head: Partial<SeenHead> | null): boolean {
  return (
    typeof head?.writer === "string" &&
    Number.isSafeInteger(head.number) &&
    typeof head.hash === "string"
  );
}

function refused(why: string): ConfigurationError {
  return new ConfigurationError([`--anchor: ${why}.`]);
}
