import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../../server/config/configuration-error.ts";
import { createPolicyFile } from "./policy-file.ts";

const file = createPolicyFile();
after(() => file.remove());

/** Loads it, or is told why not; anything else that is thrown is a fault. */
function loadAnything(yaml: string): "taken" | "refused" {
  try {
    file.load(yaml);
    return "taken";
  } catch (error) {
    if (!(error instanceof ConfigurationError)) {
      throw new Error(`a fault with ${JSON.stringify(yaml.slice(0, 500))}`, { cause: error });
    }
    assert.notEqual(error.message, "");
    return "refused";
  }
}

/** Names that the file knows, and others: trees of them come near to what can be read. */
const names =
  "policies name type filters limits overrides applies_to keys tenants models assigned entities entity action direction words topics patterns scope zone rolling alerts_percent wait_ms budgets rates tenant daily_cost_usd monthly_cost_usd requests_per_minute downgrade max_bytes default_region routes aliases AllowedRegions __proto__ constructor toString".split(
    " ",
  );
const words =
  "content_filter budget rate_limit pii_detection blocked_words blocked_patterns denied_topics max_prompt_size SSN EMAIL PHONE redact both deny warn key gateway tag:a a* ( [ UTC true 1 100 0.5 -1 ~ *x &x !!binary ? | > US".split(
    " ",
  );

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom(...words),
    fc.constantFrom(...names),
    fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie("tree"), { maxKeys: 6 }),
  ),
}));
const anyFile = fc.record(
  {
    policies: fc.oneof(fc.array(fc.dictionary(fc.constantFrom(...names), tree)), tree),
    keys: tree,
  },
  { requiredKeys: [] },
);

const runs = process.env.AXONFLOW_TEST_LENGTH === "long" ? 100_000 : 600;

describe("whatever a file holds, it is taken or refused in words", () => {
  it("as a tree of names and words", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyFile, (tree) => void seen.add(loadAnything(JSON.stringify(tree)))),
      { numRuns: runs },
    );
    assert.deepEqual([...seen].sort(), ["refused", "taken"]);
  });

  it("as pieces of YAML in any order", () => {
    const pieces = fc.constantFrom(
      ...[
        ...names.map((name) => `${name}:`),
        ...words,
        "\n",
        "\n  ",
        "\n  - ",
        "\n      - ",
        " ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        '"',
        "<<: *x",
        "---",
        "...",
        "%YAML 1.1",
        "!!set",
        "\t",
        "#",
        "\u0000",
        "\ud800",
      ],
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60 }),
        (parts) => void loadAnything(parts.join(" ")),
      ),
      { numRuns: runs },
    );
  });

  it("as any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void loadAnything(text)),
      { numRuns: runs },
    );
  });

  for (const [about, yaml] of [
    ["brackets a megabyte deep", "[".repeat(1_000_000)],
    ["braces a megabyte deep", "{a: ".repeat(200_000)],
    ["lists of lists", `policies:\n${"- ".repeat(300_000)}`],
    ["aliases of aliases", `a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\npolicies: *c\n`],
    ["a reference to itself", "policies: &a [*a]\n"],
    ["a megabyte of one word", `policies: [{name: ${"a".repeat(900_000)}}]`],
    [
      "a number with a million digits",
      `policies: [{name: a, type: budget, limits: {daily_cost_usd: ${"9".repeat(900_000)}}}]`,
    ],
    [
      "a pattern that would repeat too often",
      "policies: [{name: a, type: content_filter, filters: [{type: blocked_patterns, patterns: ['((a{1000}){1000}){1000}']}]}]",
    ],
  ] as const) {
    it(`as ${about}`, () => assert.equal(loadAnything(yaml), "refused"));
  }
});
