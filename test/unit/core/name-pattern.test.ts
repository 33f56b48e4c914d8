import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { fitsPattern } from "../../../server/core/name-pattern.ts";

describe("a pattern", () => {
  for (const [pattern, fitting, others] of [
    ["us-east-1", ["us-east-1"], ["us-east-2", "us-east-11", "xus-east-1", ""]],
    ["us-*", ["us-east-1", "us-gov-west-1", "us-"], ["us", "eu-us-1"]],
    ["*-1", ["us-east-1", "-1"], ["us-east-2", "1"]],
    ["*", ["", "anything"], []],
    ["us-*-1", ["us-east-1", "us-gov-west-1"], ["us-1", "us-east-2"]],
    ["a*a", ["aa", "aba"], ["a"]],
    ["*east*", ["us-east-1", "east"], ["us-west-2"]],
    ["a**b", ["ab", "acb"], ["a"]],
  ] as const) {
    it(`${pattern} fits ${fitting.join(", ")}${others.length > 0 ? ` and not ${others.join(", ")}` : ""}`, () => {
      for (const name of fitting) assert.ok(fitsPattern(pattern, name), name);
      for (const name of others) assert.ok(!fitsPattern(pattern, name), name);
    });
  }

  it("fits what the regular expression fits in which * is any text", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "-"), { maxLength: 8 })
      .map((all) => all.join(""));
    const pattern = fc
      .array(fc.constantFrom("a", "b", "-", "*"), { maxLength: 8 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(pattern, text, (wanted, name) => {
        const expression = new RegExp(`^${wanted.replaceAll("*", ".*")}$`);
        return fitsPattern(wanted, name) === expression.test(name);
      }),
      { numRuns: 5000 },
    );
  });
});
