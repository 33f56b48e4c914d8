// Generates from proto/ into a temporary folder and compares: `gen/` must be what the contract gives, no more, no less.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "axonflow-gen-"));
try {
  execFileSync("buf", ["generate", "-o", folder], { stdio: "inherit" });
  const committed = filesOf("gen");
  const generated = filesOf(join(folder, "gen"));
  const names = new Set([...committed.keys(), ...generated.keys()]);
  const stale = [...names].filter((name) => committed.get(name) !== generated.get(name));
  if (stale.length > 0) {
    console.error(
      `gen/ is not what proto/ gives: ${stale.join(", ")}. Run \`npm run generate\` and commit.`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

function filesOf(root: string): Map<string, string> {
  return new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(root.length + 1), readFileSync(path, "utf8")]),
  );
}
