import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonicalForm } from "../../../server/config/canonical-form.ts";

describe("the canonical form", () => {
  for (const [about, value, text] of [
    ["sorts the names of objects", { b: 1, a: "x" }, '{"a":"x","b":1}'],
    [
      "sorts the names of maps",
      new Map([["b", true] as const, ["a", null]]),
      'map{"a":null,"b":true}',
    ],
    ["keeps the order of lists", ["b", "a"], '["b","a"]'],
    ["tells whole numbers from large ones", [1, 1n, "1"], '[1,1n,"1"]'],
    ["leaves out what is undefined", { a: undefined, b: 1 }, '{"b":1}'],
    ["leaves out where things stand", { a: 1, where: "f:3" }, '{"a":1}'],
    ["but not an operator's own name", new Map([["where", 1]]), 'map{"where":1}'],
    ["tells a map from an object", [new Map(), {}], "[map{},{}]"],
  ] as const) {
    it(about, () => assert.equal(canonicalForm(value), text));
  }

  it("does not depend on the order in which names were written, however deep", () => {
    const value = fc.object({ maxDepth: 3, values: [fc.string(), fc.integer(), fc.boolean()] });
    fc.assert(
      fc.property(value, (written) => {
        assert.equal(canonicalForm(reversed(written)), canonicalForm(written));
      }),
    );
  });

  it("differs for any two values that differ", () => {
    const value = fc.object({ maxDepth: 2, values: [fc.string(), fc.integer(), fc.boolean()] });
    fc.assert(
      fc.property(value, value, (one, other) => {
        const areSame = JSON.stringify(sortedDeep(one)) === JSON.stringify(sortedDeep(other));
        assert.equal(canonicalForm(one) === canonicalForm(other), areSame);
      }),
    );
  });

  it("refuses what it cannot tell apart", () => {
    for (const value of [undefined, () => 1, Number.NaN, Symbol("a")]) {
      assert.throws(() => canonicalForm([value]), TypeError);
    }
  });
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reversed(v)]),
  );
}

function sortedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedDeep);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== "where");
  return entries.map(([k, v]) => [k, sortedDeep(v)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}
