import { readFileSync } from "node:fs";

/** The setup guide as it is printed, whole. */
export const guide = readFileSync(
  new URL("../../fixtures/guide/setup-guide.md", import.meta.url),
  "utf8",
);

/** What stands in its code blocks of one language; "" are those without any. */
export function guideBlocks(language: string): readonly string[] {
  const blocks = [...guide.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return blocks.filter(([, name]) => name === language).map(([, , text = ""]) => text);
}

const unique = (names: readonly string[]) => [...new Set(names)];
const matches = (texts: readonly string[], pattern: RegExp) =>
  unique(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = ""]) => name)));

const shell = guideBlocks("bash");
const yaml = guideBlocks("yaml");

/** Every command, by its program and what that is to do. */
export const guideCommands: readonly string[] = matches(
  shell,
  /^((?:aws [a-z0-9-]+ [a-z0-9-]+|curl -X POST \S+))/gm,
);

/** Every variable, and whatever else is written like one: `YOUR_LICENSE_KEY` is to be filled in. */
export const guideVariables: readonly string[] = matches(
  [...shell, ...yaml],
  /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g,
);

/** Every key of its YAML. */
export const guideKeys: readonly string[] = matches(yaml, /^[ -]*([A-Za-z_]+):/gm);

/** Every option of its commands. */
export const guideOptions: readonly string[] = matches(shell, /\s(--[a-z-]+)/g);

/** Every box of its HIPAA checklist. */
export const guideBoxes: readonly string[] = matches([guide], /^- \[ \] (.+)$/gm);

/** Every solution of its troubleshooting. */
export const guideSolutions: readonly string[] = matches(
  [guide.split("\n## Troubleshooting\n")[1]?.split("\n## ")[0] ?? ""],
  /^\d\. \*\*(.+?):?\*\*:?$/gm,
);

/** What its readers are to click in AWS's console. */
export const guideClicks: readonly string[] = matches([guide], /Console → ([^).\n]+)/g);
