import { timestampDate } from "@bufbuild/protobuf/wkt";
import type {
  ShadowComparison,
  ShadowCount,
  ShadowDistribution,
  ShadowSide,
} from "../../gen/axonflow/gateway/v1/shadow_pb.ts";
import { type ShadowReport, ShadowVerdict } from "../sdk/node.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";

const off =
  "Shadow mode is off. LLM_SHADOW_MODE=true and LLM_SHADOW_PROVIDER switch it on when the gateway starts.\n";

/** A report for people to read. */
export function shadowSheet(report: ShadowReport): string {
  const { enabled, shadow, self } = report;
  if (!enabled || !shadow || !self) return off;
  const sections = [
    heading(report, shadow),
    verdictLines(report),
    table(sideRows(shadow), [1, 2]),
    moveLines(shadow),
    table(agreementRows(shadow, self), [1, 2, 3, 4, 5]),
    table(modelRows(shadow), [2, 3, 4]),
    dropLine(report.drops),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function heading(report: ShadowReport, { requests, compared }: ShadowComparison): string {
  const { primaryProvider, shadowProvider, sampleRate, since } = report;
  const rate = `${Number((sampleRate * 100).toFixed(4))} % of the calls`;
  const start = since ? `, since ${timestampDate(since).toISOString()}` : "";
  return `${shadowProvider} beside ${primaryProvider}: ${rate}${start}\n${requests} calls with a result, ${compared} answers compared\n`;
}

const verdicts = new Map<ShadowVerdict, string>([
  [ShadowVerdict.WAIT, "WAIT: there is too little to go by."],
  [ShadowVerdict.HOLD, "HOLD: something speaks against moving calls to the shadow."],
  [ShadowVerdict.PROMOTE, "PROMOTE: nothing speaks against moving some calls to the shadow."],
]);

const unknownVerdict =
  "The gateway is newer than this command and gives a verdict that it does not know.";

function verdictLines({ recommendation }: ShadowReport): string {
  if (!recommendation) return "";
  const verdict = verdicts.get(recommendation.verdict) ?? unknownVerdict;
  return [verdict, ...recommendation.reasons.map((reason) => `  - ${reason}`), ""].join("\n");
}

function sideRows({ requests, primary, shadow }: ShadowComparison): string[][] {
  const row = (title: string, of: (side: ShadowSide) => string) => [
    title,
    ...[primary, shadow].map((side) => (side ? of(side) : "-")),
  ];
  return [
    row("", ({ provider }) => provider.toUpperCase()),
    row("answered", ({ succeeded }) => share(succeeded, requests)),
    row("failures", ({ failures }) => countWords(failures) || "-"),
    row("latency, median", ({ latencyP50Ms }) => `${latencyP50Ms} ms`),
    row("latency, 99 of 100", ({ latencyP99Ms }) => `${latencyP99Ms} ms`),
    row("prompt tokens", ({ inputTokens }) => String(inputTokens)),
    row("answer tokens", ({ outputTokens }) => String(outputTokens)),
    row("US dollars for 1,000 calls", ({ nanoUsdPerThousandCalls: cost }) =>
      cost === undefined ? "-" : usd(cost),
    ),
  ];
}

const shares = [10, 50, 100];

/** What a thousand calls would cost more or less if that share of them went to the shadow. */
function moveLines({ primary, shadow }: ShadowComparison): string {
  const before = primary?.nanoUsdPerThousandCalls;
  const after = shadow?.nanoUsdPerThousandCalls;
  if (before === undefined || after === undefined) return "";
  const rows = shares.map((percent) => {
    const change = ((after - before) * BigInt(percent)) / 100n;
    return [`moving ${percent} %`, signed(change), before === 0n ? "-" : relative(change, before)];
  });
  return table([["PER 1,000 CALLS", "US DOLLARS", "CHANGE"], ...rows], [1, 2]);
}

function signed(nanoUsd: bigint): string {
  return nanoUsd < 0n ? `-${usd(-nanoUsd)}` : `+${usd(nanoUsd)}`;
}

function relative(change: bigint, whole: bigint): string {
  const percent = (Number(change) / Number(whole)) * 100;
  return `${percent > 0 ? "+" : ""}${percent.toFixed(1)} %`;
}

/** The last column is the primary against itself: what two answers of one model differ by. */
function agreementRows(shadow: ShadowComparison, self: ShadowComparison): string[][] {
  const hundredths = (value: number) => value.toFixed(2);
  const row = (name: string, values?: ShadowDistribution, own?: ShadowDistribution) => [
    name,
    ...(values && shadow.compared > 0n
      ? [values.p10, values.p50, values.p90, values.mean].map(hundredths)
      : ["-", "-", "-", "-"]),
    own && self.compared > 0n ? hundredths(own.mean) : "-",
  ];
  const parts = shadow.parts
    .map(({ name, weightPercent, values }) => {
      const own = self.parts.find((part) => part.name === name)?.values;
      return { mean: values?.mean ?? 1, cells: row(`  ${name} (${weightPercent} %)`, values, own) };
    })
    .sort((a, b) => a.mean - b.mean);
  const critical = ({ critical, compared }: ShadowComparison) => share(critical, compared);
  return [
    ["AGREEMENT", "P10", "P50", "P90", "MEAN", "PRIMARY ITSELF"],
    row("similarity", shadow.similarity, self.similarity),
    ...parts.map(({ cells }) => cells),
    ["critical differences", "", "", "", critical(shadow), critical(self)],
    ...shadow.criticals.map(({ name, count }) => [`  ${name}`, "", "", "", String(count), ""]),
  ];
}

function modelRows({ models }: ShadowComparison): string[][] {
  if (models.length === 0) return [];
  return [
    ["PRIMARY'S MODEL", "SHADOW'S MODEL", "CALLS", "SIMILARITY", "CRITICAL"],
    ...models.map(({ primaryModel, shadowModel, calls, meanSimilarity, critical }) => [
      primaryModel,
      shadowModel,
      String(calls),
      meanSimilarity?.toFixed(2) ?? "-",
      String(critical),
    ]),
  ];
}

function dropLine(drops: readonly ShadowCount[]): string {
  return drops.length === 0 ? "" : `sampled calls without a result: ${countWords(drops)}\n`;
}

function countWords(counts: readonly ShadowCount[]): string {
  return counts.map(({ name, count }) => `${name} ${count}`).join(", ");
}

function share(part: bigint, whole: bigint): string {
  if (whole === 0n) return "-";
  return `${((Number(part) / Number(whole)) * 100).toFixed(1)} %`;
}
