import { table } from "./table.ts";

/** Each provider's weight and its share of the calls, as a bar too; the largest first. */
export function weightsSheet(weights: Readonly<Record<string, number>>): string {
  const entries = Object.entries(weights).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) {
    return "No weights are set: providers are asked in their configured order.\n";
  }
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  const rows = entries.map(([provider, weight]) => {
    const share = weight / sum;
    return [provider, String(weight), `${(share * 100).toFixed(1)} %`, bar(share)];
  });
  return table([["PROVIDER", "WEIGHT", "SHARE", ""], ...rows], [1, 2]);
}

const barWidth = 20;

/** A share that is not zero shows. */
function bar(share: number): string {
  const filled = share > 0 ? Math.max(1, Math.round(share * barWidth)) : 0;
  return "█".repeat(filled) + "░".repeat(barWidth - filled);
}
