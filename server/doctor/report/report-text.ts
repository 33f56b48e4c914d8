import type { Verdict } from "../check.ts";
import type { DoctorReport, ReportedCheck } from "./report.ts";
import { wrapText } from "./wrap-text.ts";

/** How the text is laid out. */
export interface TextOptions {
  readonly width: number;
  readonly hasColours: boolean;
  /** Shows the evidence of checks that pass too. */
  readonly isVerbose: boolean;
}

const marks: Readonly<Record<Verdict, { word: string; colour: number }>> = {
  pass: { word: "pass", colour: 32 },
  warn: { word: "WARN", colour: 33 },
  fail: { word: "FAIL", colour: 31 },
  unknown: { word: "????", colour: 35 },
};

const indent = " ".repeat(8);

/** The report for a terminal: a line for each check, and under what is not a pass the reason and what mends it. */
export function reportText(report: DoctorReport, options: TextOptions): string {
  const groups = Map.groupBy(report.checks, ({ group }) => group);
  const body = [...groups].map(([group, checks]) =>
    [group, ...checks.map((check) => checkText(check, options))].join("\n"),
  );
  return `${[headText(report), ...body, summaryText(report)].join("\n\n")}\n`;
}

function headText({ at, aws, configuration, gateway }: DoctorReport): string {
  return [
    `AxonFlow Gateway ${gateway.version}, examined ${at.slice(0, 16).replace("T", " ")} UTC`,
    `Account ${aws.account ?? "unknown"}, regions ${aws.regions.join(", ") || "none"}`,
    `Configuration ${configuration.file ?? "of the environment"}, ${configuration.sha256.slice(0, 12)}`,
  ].join("\n");
}

function checkText(check: ReportedCheck, { width, hasColours, isVerbose }: TextOptions): string {
  const { word, colour } = marks[check.verdict];
  const mark = hasColours ? `\u001b[${colour}m${word}\u001b[0m` : word;
  const subject = check.subject === "" ? "" : ` (${check.subject})`;
  const isShown = isVerbose || check.verdict !== "pass";
  const lines = isShown
    ? [...wrapText(check.reason, width - indent.length), ...remedyLines(check)]
    : [];
  const evidence = isVerbose ? check.evidence.map(({ name, value }) => `${name}: ${value}`) : [];
  const shown = [...lines, ...evidence].map((line) => `${indent}${line}`);
  return [`  ${mark}  ${check.title}${subject}`, ...shown].join("\n");
}

/** Commands stay on one line, so that they can be copied. */
function remedyLines({ remedies }: ReportedCheck): readonly string[] {
  return remedies.flatMap((remedy) =>
    remedy.split("\n").map((line, index) => (index === 0 ? `→ ${line}` : `  ${line}`)),
  );
}

function summaryText({ summary: { pass, warn, fail, unknown } }: DoctorReport): string {
  return `${pass} pass, ${warn} warn, ${fail} fail, ${unknown} unknown`;
}
