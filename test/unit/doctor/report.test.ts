import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Check, Finding, Verdict } from "../../../server/doctor/check.ts";
import { chosenChecks, readAttestations } from "../../../server/doctor/options.ts";
import { exitStatus } from "../../../server/doctor/report/exit-status.ts";
import { html } from "../../../server/doctor/report/html.ts";
import { createReport } from "../../../server/doctor/report/report.ts";
import { reportHtml } from "../../../server/doctor/report/report-html.ts";
import { reportText } from "../../../server/doctor/report/report-text.ts";
import { wrapText } from "../../../server/doctor/report/wrap-text.ts";

const check = (id: string, subject = ""): Check => ({
  id,
  group: "Account",
  title: `Title of ${id}`,
  subject,
  rules: [{ name: "45 CFR 164.312(b)", url: "https://example.org/rule" }],
  run: async () => finding("pass"),
});
const finding = (verdict: Verdict, changes: Partial<Finding> = {}): Finding => ({
  verdict,
  reason: `It is ${verdict}.`,
  evidence: [],
  remedies: verdict === "pass" ? [] : ["mend it"],
  ...changes,
});
const identity = finding("pass", {
  evidence: [
    { name: "account", value: "123456789012" },
    { name: "identity", value: "arn:aws:sts::123456789012:assumed-role/r/s" },
  ],
});
const subject = {
  atMs: Date.UTC(2026, 10, 23, 22, 0, 0),
  version: "1.2.3",
  nodeVersion: "26.0.0",
  configurationFile: "gateway.yaml",
  configurationHash: "0123456789abcdef",
  regions: ["us-east-1"],
  models: ["m"],
};
const reportOf = (...verdicts: Verdict[]) =>
  createReport(subject, [
    { check: check("identity"), finding: identity },
    ...verdicts.map((verdict) => ({
      check: check("other", "us-east-1"),
      finding: finding(verdict),
    })),
  ]);

describe("the doctor's report", () => {
  it("has one form for programs", () => {
    const report = reportOf("warn", "unknown");
    assert.deepEqual(JSON.parse(JSON.stringify({ ...report, checks: report.checks.slice(1, 2) })), {
      form: "axonflow doctor 1",
      at: "2026-11-23T22:00:00.000Z",
      gateway: { version: "1.2.3", node: "26.0.0" },
      configuration: { file: "gateway.yaml", sha256: "0123456789abcdef" },
      aws: {
        account: "123456789012",
        identity: "arn:aws:sts::123456789012:assumed-role/r/s",
        regions: ["us-east-1"],
      },
      models: ["m"],
      verdict: "unknown",
      summary: { pass: 1, warn: 1, fail: 0, unknown: 1 },
      checks: [
        {
          id: "other",
          subject: "us-east-1",
          group: "Account",
          title: "Title of other",
          verdict: "warn",
          reason: "It is warn.",
          evidence: [],
          remedies: ["mend it"],
          rules: [{ name: "45 CFR 164.312(b)", url: "https://example.org/rule" }],
        },
      ],
    });
  });

  const statuses: readonly (readonly [Verdict[], boolean, number])[] = [
    [["pass", "warn"], true, 0],
    [["unknown"], false, 0],
    [["unknown"], true, 3],
    [["fail", "unknown"], true, 1],
    [["fail"], false, 1],
  ];
  for (const [verdicts, strict, status] of statuses) {
    it(`ends with ${status} for ${verdicts.join(" and ")}${strict ? ", strictly" : ""}`, () => {
      assert.equal(exitStatus(reportOf(...verdicts), strict), status);
    });
  }

  it("tells a terminal what is wrong and what mends it, and is brief about the rest", () => {
    const options = { width: 80, hasColours: false, isVerbose: false };
    const text = reportText(reportOf("fail"), options);
    assert.match(text, /^AxonFlow Gateway 1\.2\.3, examined 2026-11-23 22:00 UTC\n/);
    assert.match(
      text,
      /\n {2}pass {2}Title of identity\n {2}FAIL {2}Title of other \(us-east-1\)\n/,
    );
    assert.match(text, /\n {8}It is fail\.\n {8}→ mend it\n\n1 pass, 0 warn, 1 fail, 0 unknown\n$/);
    const verbose = reportText(reportOf("fail"), { ...options, isVerbose: true, hasColours: true });
    assert.match(verbose, /\n {8}account: 123456789012\n/);
    assert.ok(verbose.includes("\u001b[31mFAIL\u001b[0m"));
  });

  it("makes a page that needs nothing from elsewhere, and says whose word there is", () => {
    const attested = { on: "2026-01-31", by: "jane" };
    const vouched = finding("unknown", { attested });
    const page = reportHtml(createReport(subject, [{ check: check("baa"), finding: vouched }]));
    assert.match(page, /^<!doctype html>\n<html lang="en">/);
    assert.match(page, /Stated by jane, for 2026-01-31; not proved\./);
    assert.match(page, /No check fails, but 1 check could not be made\./);
    assert.doesNotMatch(page, /<script|<link|<img|src=|@import|url\(/);
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id = ""]) => id);
    for (const id of anchors) assert.ok(page.includes(`id="${id}"`), id);
    assert.ok(anchors.length > 0);
  });

  it("writes no text as markup, whatever it is", () => {
    const opened = (page: string) => page.match(/<[a-z]/g)?.length;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const strange = { ...check("other", text), title: text };
        const found = finding("fail", {
          reason: text,
          remedies: [text],
          evidence: [{ name: text, value: text }],
        });
        const page = reportHtml(createReport(subject, [{ check: strange, finding: found }]));
        const plain = reportHtml(
          createReport(subject, [
            {
              check: { ...check("other", text === "" ? "" : "x"), title: "x" },
              finding: finding("fail", { remedies: ["x"], evidence: [{ name: "x", value: "x" }] }),
            },
          ]),
        );
        assert.equal(opened(page), opened(plain));
      }),
      { numRuns: 30 },
    );
    assert.equal(html`<p>${`<"&'>`}</p>`.html, "<p>&lt;&quot;&amp;&#39;&gt;</p>");
  });

  it("wraps at spaces, and breaks no word", () => {
    assert.deepEqual(wrapText("a bb ccc dddddddd e", 6), ["a bb", "ccc", "dddddddd", "e"]);
    assert.deepEqual(wrapText("", 6), []);
  });
});

describe("the doctor's options", () => {
  it("takes a statement with its day and its name", () => {
    const [statement] = readAttestations(["baa=2026-01-31:Jane Doe"]);
    assert.deepEqual(statement, ["baa", { on: "2026-01-31", by: "Jane Doe" }]);
  });
  for (const text of [
    "baa",
    "baa=yes",
    "baa=2026-13-40:jane",
    "tls=2026-01-31:jane",
    "baa=2026-01-31:",
  ]) {
    it(`does not take ${text} for a statement`, () => {
      assert.throws(
        () => readAttestations([text]),
        /baa=2026-01-31:jane, not .*What can be stated: baa/,
      );
    });
  }
  it("chooses checks by their ids, and names those that there are", () => {
    const checks = [check("a", "us-east-1"), check("a", "us-west-2"), check("b")];
    assert.equal(chosenChecks(checks, undefined).length, 3);
    assert.deepEqual(chosenChecks(checks, "a"), checks.slice(0, 2));
    assert.throws(() => chosenChecks(checks, "a,c"), /no check c\. There are: a, b\./);
  });
});
