import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { settingsTable } from "../../../server/config/settings.ts";
import { guideYaml, guideVariables as testedVariables } from "../../fixtures/guide/guide.ts";
import { startProgram } from "../../integration/client/command.ts";
import { readDocument } from "./markdown.ts";
import {
  guideBlocks,
  guideBoxes,
  guideClicks,
  guideCommands,
  guideKeys,
  guideSolutions,
  guideVariables,
} from "./read-guide.ts";

const root = new URL("../../../", import.meta.url).pathname;
const operations = readDocument("operations.md");
const [, lines = ""] = operations.split("\n## The setup guide, line by line\n");
/** What the guide has, and what became of it. */
const told = lines
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.slice(2, -2).split(" | ") as [string, string])
  .filter(([, verdict]) => verdict);
/** Whole names only: `Check Region` is not in `Check Region Proximity`. */
const toldOf = (name: string) => {
  const escaped = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\w-])${escaped}(?![\\w-]| [A-Z])`);
  return told.filter(([thing]) => pattern.test(thing));
};

/** Words that more than one kind of policy has. */
const sharedWords = new Set(["policies", "type", "action"]);

/** A word of each box of the guide's checklist, in its order. */
const boxes = [
  "BAA",
  "CloudTrail",
  "VPC endpoint",
  "PII filtering",
  "retention of 7 years",
  "KMS encryption",
  "HIPAA-eligible region",
  "Document security controls",
];

describe("the setup guide", () => {
  it("is read whole: nobody proves anything about commands that were not found", () => {
    const counts = [guideCommands, guideVariables, guideKeys, guideSolutions, guideClicks];
    assert.deepEqual(
      counts.map(({ length }) => length),
      [10, 14, 21, 12, 3],
    );
    assert.equal(guideBoxes.length, boxes.length);
  });

  it("has no variable that is not set to the guide's value in a test", () => {
    const printed = guideBlocks("bash").flatMap((block) => [
      ...block.matchAll(/^export (\w+)=(\S+)/gm),
    ]);
    assert.ok(printed.length >= 9);
    for (const [, name, value] of printed) {
      assert.ok(testedVariables.some((tested) => tested.join() === `${name},${value}`));
    }
  });

  it("has no YAML that is not read as it is printed in a test, but for the compose file", () => {
    const tested = Object.values(guideYaml).join("\n");
    const untested = guideBlocks("yaml").filter(
      (block) => !block.split("\n").every((line) => tested.includes(line)),
    );
    assert.equal(untested.length, 1);
    assert.match(untested[0] ?? "", /^version: '3.8'/);
  });
});

describe("of the setup guide, operations.md tells what became of", () => {
  for (const name of [
    ...guideCommands,
    ...guideClicks,
    ...guideVariables,
    ...guideKeys.filter((key) => !guideVariables.includes(key)),
    ...guideSolutions,
    "~/.aws:/root/.aws:ro",
    "config/environments/healthcare.yaml",
    "client.query",
  ]) {
    it(name, () => {
      const [row, ...more] = toldOf(name);
      assert.ok(row, "no row is about it");
      if (!sharedWords.has(name)) assert.deepEqual(more, [], "two rows are about it");
      assert.match(row[1], /as printed|as said|`[^`]+`|\]\(/);
    });
  }

  it("every setting that works as printed, and says so of no other", () => {
    const known = new Set(Object.values(settingsTable).flatMap(({ env, yaml }) => [env, yaml]));
    const printed = told.filter(([, verdict]) => verdict.startsWith("as printed"));
    const names = printed.flatMap(([thing]) => thing.match(/`(?:[A-Z]+_[A-Z_]+|[A-Z]\w+)`/g) ?? []);
    const values = ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"];
    const settings = names
      .map((name) => name.slice(1, -1))
      .filter((name) => !values.includes(name));
    assert.ok(settings.length >= 15);
    // AWS_REGION is a second name of one.
    for (const name of settings) assert.ok(known.has(name) || name === "AWS_REGION", name);
  });

  for (const [index, box] of boxes.entries()) {
    it(`the box "${guideBoxes[index]}", with the command that proves it`, () => {
      const words = box.split(" ").filter((word) => /^[A-Z]/.test(word));
      for (const word of words) assert.ok(guideBoxes[index]?.includes(word), word);
      const [, checklist = ""] = operations.split("\n## HIPAA checklist\n");
      const [own = ""] = checklist.split("\n## ");
      const row = own.split("\n").find((line) => line.startsWith("| ") && line.includes(box));
      assert.match(row ?? "", /`axonflow (?:doctor|audit) /);
    });
  }
});

describe("operations.md and troubleshooting.md", () => {
  it("name checks of the doctor that there are", async () => {
    const { outcome } = startProgram("server/doctor-main.ts", ["--only", "?"], {
      LLM_BEDROCK_REGION: "us-east-1",
    });
    const [, list = ""] = /There are: (.*)\./.exec((await outcome).stderr) ?? [];
    const known = new Set(list.split(", "));
    assert.ok(known.size > 10);
    const text = operations + readDocument("troubleshooting.md");
    const named = [...text.matchAll(/--only ([a-z,-]+)/g)].flatMap(([, ids = ""]) =>
      ids.split(","),
    );
    assert.ok(named.length > 20);
    for (const id of named) assert.ok(known.has(id), id);
  });

  it("quote the log in its own words", () => {
    const sources = globSync("server/**/*.ts", { cwd: root }).map((path) =>
      readFileSync(`${root}${path}`, "utf8"),
    );
    const [, playbook = ""] = operations.split("\n### The store is away\n");
    const [own = ""] = playbook.split("\n### ");
    const cells = [...own.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
    const quoted = cells.flatMap((cell) => cell.split("`").filter((_, index) => index % 2));
    const [, starting = ""] = readDocument("troubleshooting.md").split("| it says | what to do |");
    const [table = ""] = starting.split("\n\n");
    const refusals = [...table.matchAll(/^\|[^|`]*`([^`(]+)/gm)].map(([, text = ""]) =>
      text.trim(),
    );
    assert.deepEqual([quoted.length, refusals.length], [4, 5]);
    for (const message of [...quoted, ...refusals]) {
      assert.ok(
        sources.some((source) => source.includes(message)),
        message,
      );
    }
  });

  it("never repeat what the guide has wrong", () => {
    const blocks = [...operations.matchAll(/```bash\n([\s\S]*?)```/g)]
      .map(([, code]) => code)
      .join("\n");
    assert.match(blocks, /create-vpc-endpoint --vpc-endpoint-type Interface --private-dns-enabled/);
    assert.doesNotMatch(blocks, /--route-table-ids/);
    assert.doesNotMatch(blocks, /foundation-model\/\*/);
  });
});
