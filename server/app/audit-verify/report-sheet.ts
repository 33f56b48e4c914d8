import type { AuditProblem } from "../../core/audit-reading.ts";
import { type AuditFindings, isOnlyCutOff } from "./findings.ts";
import { notes } from "./report-notes.ts";

/** Problems that are shown to people; programs get a thousand. */
const mostShown = 50;

/** The report in words: whether the log is whole, what was looked at, each problem by its place, and what else to know. */
export function reportSheet(findings: AuditFindings): string {
  const { problems, problemCount } = findings.report;
  return [
    verdict(findings),
    counted(findings),
    ...(problems.length > 0 ? [problemLines(problems, problemCount)] : []),
    ...notes(findings),
  ]
    .map((part) => `${part}\n`)
    .join("\n");
}

function verdict(findings: AuditFindings): string {
  const { where, report, copy } = findings;
  const what = copy ? `The copy ${where}` : `The audit log in ${where}`;
  if (copy && report.isWhole && report.counts.chains === 0) {
    return `${what} is whole and empty: nothing was on record in its time.`;
  }
  if (report.isWhole) return `${what} is whole.`;
  if (isOnlyCutOff(findings))
    return `${what} was cut off. What can be checked of it is as it was written.`;
  const { problemCount: count } = report;
  return `${what} is not as it was written: ${count === 1 ? "1 problem" : `${number(count)} problems`}.`;
}

function counted({ report: { counts } }: AuditFindings): string {
  const { chains, segments, shreddedSegments, records, heads, checkpoints, unsigned } = counts;
  const rows: readonly (readonly [string, number, string])[] = [
    ["chains", chains, "one for each start of a gateway"],
    [
      "segments",
      segments,
      shreddedSegments > 0 ? `${number(shreddedSegments)} of them pruned` : "",
    ],
    [
      "records",
      records,
      unsigned > 0
        ? `${number(unsigned)} of them not signed yet`
        : records > 0
          ? "all of them signed"
          : "",
    ],
    ["heads", heads, ""],
    ["checkpoints", checkpoints, ""],
  ];
  const width = Math.max(...rows.map(([, count]) => number(count).length));
  return rows
    .map(([name, count, about]) =>
      `  ${name.padEnd(12)}${number(count).padStart(width)}  ${about}`.trimEnd(),
    )
    .join("\n");
}

function problemLines(problems: readonly AuditProblem[], count: number): string {
  const shown = problems.slice(0, mostShown).map(problemLine);
  const more = count - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`  and ${number(more)} more; --json tells the first thousand`] : []),
  ].join("\n");
}

/** The place by all that is known of it, because the message names only what is nearest. */
function problemLine({
  kind,
  message,
  writer,
  segment,
  sequence,
  head,
  key,
}: AuditProblem): string {
  const place = [
    ...(writer === "" ? [] : [`chain ${writer}`]),
    ...(segment === undefined ? [] : [`segment ${segment}`]),
    ...(sequence === undefined ? [] : [`record ${sequence}`]),
    ...(head === undefined ? [] : [`head ${head}`]),
    ...(key === undefined ? [] : [`key ${key}`]),
  ];
  const where = place.length > 0 ? `${place.join(", ")}\n${" ".repeat(12)}` : "";
  return `  ${kind.padEnd(10)}${where}${message}`;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
