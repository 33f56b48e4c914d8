import type { Verdict } from "../check.ts";
import { type Html, html } from "./html.ts";
import type { DoctorReport, ReportedCheck } from "./report.ts";
import { reportStyle } from "./report-style.ts";

/** The verdicts in words that stand without their colour, the gravest first. */
const words: readonly (readonly [verdict: Verdict, word: string, sign: string, meaning: string])[] =
  [
    ["fail", "Fail", "✕", "It is not so. The remedy says what to do."],
    [
      "unknown",
      "Unknown",
      "?",
      "Nobody could tell from where this was run. It proves nothing either way.",
    ],
    ["warn", "Warning", "!", "It works, and somebody should look at it."],
    ["pass", "Pass", "✓", "It was so at the time of the examination."],
  ];

/** One page that needs nothing else: no script, no font, no picture. It prints, and follows the reader's dark mode. */
export function reportHtml(report: DoctorReport): string {
  const groups = Map.groupBy(report.checks, ({ group }) => group);
  const { html: page } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Compliance examination of ${report.at.slice(0, 10)} – AxonFlow Gateway</title>
<style>${{ html: reportStyle }}</style>
</head>
<body>
<main>
<header>
<p class="product">AxonFlow Gateway</p>
<h1>Compliance examination</h1>
<p class="lead">${leadOf(report)}</p>
</header>
${subjectTable(report)}
${summaryList(report)}
<section aria-labelledby="overview">
<h2 id="overview">Overview</h2>
${overviewTable(report)}
</section>
${[...groups].map(([group, checks]) => groupSection(group, checks, report))}
${footer()}
</main>
</body>
</html>
`;
  return page;
}

function leadOf({ verdict, summary, checks }: DoctorReport): string {
  const sentences: Readonly<Record<Verdict, string>> = {
    pass: `All ${checks.length} checks pass.`,
    warn: `No check fails, and ${numbered(summary.warn, "warning")} should be looked at.`,
    unknown: `No check fails, but ${numbered(summary.unknown, "check")} could not be made.`,
    fail: `${numbered(summary.fail, "check")} of ${checks.length} ${summary.fail === 1 ? "fails" : "fail"}.`,
  };
  return sentences[verdict];
}

function numbered(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function subjectTable({ at, aws, gateway, configuration, models }: DoctorReport): Html {
  const rows: readonly (readonly [string, string])[] = [
    ["Examined", `${at.slice(0, 10)}, ${at.slice(11, 19)} UTC`],
    ["AWS account", aws.account ?? "unknown"],
    ["Identity", aws.identity ?? "unknown"],
    ["Regions", aws.regions.join(", ") || "none"],
    ["Models", models.join(", ") || "none"],
    ["Configuration", configuration.file ?? "environment variables only"],
    ["Its SHA-256", configuration.sha256],
    ["Versions", `gateway ${gateway.version}, Node.js ${gateway.node}`],
  ];
  return html`<dl class="subject">
${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}

function summaryList({ summary }: DoctorReport): Html {
  return html`<ul class="summary" aria-label="Results">
${words.map(
  ([verdict, word, sign]) => html`<li class="${verdict}">
<span class="sign" aria-hidden="true">${sign}</span><span class="count">${summary[verdict]}</span> ${word}</li>\n`,
)}</ul>`;
}

function overviewTable(report: DoctorReport): Html {
  return html`<table class="overview">
<thead><tr><th scope="col">No.</th><th scope="col">Check</th><th scope="col">About</th><th scope="col">Result</th></tr></thead>
<tbody>
${report.checks.map(
  (check) => html`<tr><td>${numberOf(check, report)}</td>
<td><a href="#${anchorOf(check, report)}">${check.title}</a></td>
<td${check.subject === "" ? [html` class="none"`] : []}>${check.subject || "–"}</td><td>${badge(check.verdict)}</td></tr>\n`,
)}</tbody></table>`;
}

function groupSection(group: string, checks: readonly ReportedCheck[], report: DoctorReport): Html {
  const id = `group-${group.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${group}</h2>
${checks.map((check) => checkArticle(check, report))}
</section>
`;
}

function checkArticle(check: ReportedCheck, report: DoctorReport): Html {
  const { title, subject, verdict, reason, attested } = check;
  const about = subject === "" ? [] : [html` <span class="about">${subject}</span>`];
  const stated = attested
    ? [html`<p class="attested">Stated by ${attested.by}, for ${attested.on}; not proved.</p>`]
    : [];
  return html`<article class="${verdict}" id="${anchorOf(check, report)}">
<h3><span class="number">${numberOf(check, report)}</span> ${title}${about}</h3>
${badge(verdict)}
<p>${reason}</p>
${stated}${remedyPart(check)}${evidencePart(check)}${rulesPart(check)}
</article>
`;
}

function remedyPart({ remedies }: ReportedCheck): readonly Html[] {
  if (remedies.length === 0) return [];
  return [
    html`<h4>Remedy</h4>
${remedies.map((remedy) => html`<pre>${remedy}</pre>\n`)}`,
  ];
}

function evidencePart({ evidence }: ReportedCheck): readonly Html[] {
  if (evidence.length === 0) return [];
  return [
    html`<h4>What was read</h4>
<dl class="evidence">
${evidence.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
`,
  ];
}

function rulesPart({ rules }: ReportedCheck): Html {
  return html`<h4>What it serves</h4>
<ul class="rules">
${rules.map(({ name, url }) => html`<li><a href="${url}">${name}</a></li>\n`)}</ul>`;
}

function badge(verdict: Verdict): Html {
  const [, word, sign] = words.find(([each]) => each === verdict) ?? ["", verdict, ""];
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

function numberOf(check: ReportedCheck, { checks }: DoctorReport): number {
  return checks.indexOf(check) + 1;
}

function anchorOf(check: ReportedCheck, report: DoctorReport): string {
  return `check-${numberOf(check, report)}-${check.id}`;
}

function footer(): Html {
  return html`<footer>
<h2>How to read this</h2>
<dl class="meanings">
${words.map(([verdict, , , meaning]) => html`<div><dt>${badge(verdict)}</dt><dd>${meaning}</dd></div>\n`)}</dl>
<p>Everything here was read through AWS's own interfaces and from the gateway's configuration; nothing was changed. It
holds for the moment named above, and is no legal advice: which safeguards are reasonable and appropriate is for the
covered entity to decide (45 CFR 164.306). Made by <code>axonflow doctor --html</code>.</p>
</footer>`;
}
