import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createDocumentNames } from "../../../../../server/providers/bedrock/codecs/document-names.ts";

const named = (...wanted: readonly string[]) => {
  const names = createDocumentNames();
  return wanted.map((name) => names(name));
};

describe("createDocumentNames", () => {
  for (const [wanted, name] of [
    ["Report (final) [2]", "Report (final) [2]"],
    ["report.pdf", "report-pdf"],
    ["a  b\t\nc", "a b c"],
    [" a ", "a"],
    ["", "document"],
    ["分期报告", "document"],
    ["---", "document"],
  ] as const) {
    it(`makes ${JSON.stringify(name)} of ${JSON.stringify(wanted)}`, () => {
      assert.deepEqual(named(wanted), [name]);
    });
  }

  it("gives no name twice, whatever its case", () => {
    assert.deepEqual(named("notes", "Notes", "notes (2)", "", ""), [
      "notes",
      "Notes (2)",
      "notes (2) (2)",
      "document",
      "document (2)",
    ]);
  });

  it("keeps long names apart without making them too long", () => {
    const names = named("a".repeat(250), "a".repeat(300));
    assert.deepEqual(names, ["a".repeat(200), `${"a".repeat(196)} (2)`]);
  });

  it("gives only names that Converse takes, each once, and the same ones every time", () => {
    const wanted = fc.array(fc.string({ unit: "grapheme", maxLength: 250 }), { maxLength: 8 });
    fc.assert(
      fc.property(wanted, (all) => {
        const names = named(...all);
        for (const name of names) {
          assert.match(name, /^[a-zA-Z0-9()[\]-]+( [a-zA-Z0-9()[\]-]+)*$/);
          assert.ok(name.length <= 200);
        }
        assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
        assert.deepEqual(named(...all), names);
      }),
    );
  });
});
