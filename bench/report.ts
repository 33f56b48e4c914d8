import { cpus } from "node:os";
import type { Figures } from "./measures/figures.ts";
import type { Plan } from "./plan.ts";
import type { Verdict } from "./targets.ts";

/** The machine in a few words. */
export function machineLine(): string {
  const [first] = cpus();
  return `${cpus().length} cores, ${first?.model.trim() ?? "unknown processor"}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

/** The table in Markdown, its columns aligned. Ratios are to the first row, the floor. */
export function table(figures: readonly Figures[], plan: Plan): string {
  const [base] = figures;
  const head = [
    "",
    "unary CPU µs",
    "× floor",
    "requests/s per core",
    "frame CPU µs",
    "× floor",
    "burst frame µs",
    "× floor",
    "+p50 ms",
    "+p99 ms",
    "+first token ms",
    `RSS MB at ${plan.openStreams.join(" / ")} streams`,
  ];
  const rows = figures.map((row) => [
    row.name,
    row.unaryCpuUs.toFixed(0),
    ratio(row.unaryCpuUs, base?.unaryCpuUs),
    (1e6 / row.unaryCpuUs).toFixed(0),
    row.frameCpuUs.toFixed(1),
    ratio(row.frameCpuUs, base?.frameCpuUs),
    row.burstFrameCpuUs.toFixed(1),
    ratio(row.burstFrameCpuUs, base?.burstFrameCpuUs),
    row.addedP50Ms.toFixed(2),
    row.addedP99Ms.toFixed(2),
    row.addedFirstTokenMs.toFixed(2),
    row.rssBytes.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(" / "),
  ]);
  return markdown(head, rows);
}

/** One line per target. A wide range of rounds says that the machine was busy and the verdict is weak. */
export function verdictLine(verdict: Verdict): string {
  const { words, of, beside, ratio: found, roundRatios, atMost, met } = verdict;
  const range = [roundRatios.at(0), roundRatios.at(-1)].map((value) => value?.toFixed(2));
  const what = `${words} of "${of.name}" costs ${found.toFixed(2)} × that of "${beside.name}"`;
  return `${met ? "pass" : "FAIL"}: ${what} (target: at most ${atMost} ×; single rounds: ${range.join(" to ")})`;
}

function ratio(value: number, base = Number.NaN): string {
  return (value / base).toFixed(2);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, 4, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map(
    (width, column) => "-".repeat(column ? width - 1 : width) + (column ? ":" : ""),
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
