import { cpus } from "node:os";
import { piiEntities } from "../../server/core/pii-entities.ts";
import type { Scanner } from "../../server/policies/pii/scan.ts";
import { createScanner } from "../../server/policies/pii/scanner.ts";
import { proseLine } from "../../test/unit/policies/pii/detect/ordinary/prose.ts";
import { createRandom, textOf } from "../../test/unit/policies/pii/detect/ordinary/random.ts";
import { guideEntities } from "../../test/unit/policies/pii/detect/score.ts";
import { shapeOf, shapes } from "./shapes.ts";

// What looking for personal data costs: `node bench/pii/main.ts`. Exit status 1 when a target is missed. Of all rounds the
// fastest counts, because whatever else the machine does only ever adds.

const shortLength = 10_000;
const longLength = 1_000_000;
const rounds = 5;
const mostRatio = 2;
const defaultRegion = "US";
const proses = makeProses();

const scanners = [
  ["the guide's four", createScanner({ entities: guideEntities, defaultRegion })],
  ["every entity", createScanner({ entities: piiEntities, defaultRegion })],
] as const;

const missed: string[] = [];
for (const [name, scanner] of scanners) compareProse(name, scanner);
for (const [name, scanner] of scanners) compareShapes(name, scanner);
console.log(`\n${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.versions.node}`);
for (const miss of missed) console.log(`missed: ${miss}`);
process.exitCode = missed.length > 0 ? 1 : 0;

function compareProse(name: string, { scan }: Scanner): void {
  for (const { kind, texts, mostUs } of proses) {
    let at = 0;
    const us = fastest(() => costUs(() => scan(texts[at++ % texts.length] ?? ""), 512));
    const target = mostUs === undefined ? "no target" : `at most ${mostUs}`;
    console.log(`4 KB of ${kind}, ${name}: ${us.toFixed(1)} µs (${target})`);
    if (mostUs !== undefined && us > mostUs) missed.push(`${kind}, ${name}: ${us.toFixed(1)} µs`);
  }
}

function compareShapes(name: string, scanner: Scanner): void {
  console.log(
    `\n${name}, bytes per µs`.padEnd(34) +
      "10 KB".padStart(10) +
      "1 MB".padStart(10) +
      "ratio".padStart(8),
  );
  for (const [shape, unit] of Object.entries(shapes)) compareShape(`${shape}`, unit, name, scanner);
}

function compareShape(shape: string, unit: string, name: string, { scan }: Scanner): void {
  const short = shapeOf(unit, shortLength);
  const long = shapeOf(unit, longLength);
  let shortUs = Number.POSITIVE_INFINITY;
  let longUs = Number.POSITIVE_INFINITY;
  for (
    let round = 0;
    round < rounds || (round < 4 * rounds && ratioOf(shortUs, longUs) > mostRatio);
    round++
  ) {
    shortUs = Math.min(
      shortUs,
      costUs(() => scan(short), 40),
    );
    longUs = Math.min(
      longUs,
      costUs(() => scan(long), 1),
    );
  }
  const speeds = [Buffer.byteLength(short) / shortUs, Buffer.byteLength(long) / longUs];
  const ratio = ratioOf(shortUs, longUs);
  const columns = speeds.map((speed) => speed.toFixed(1).padStart(10)).join("");
  console.log(`${shape.padEnd(33)}${columns}${ratio.toFixed(2).padStart(8)}`);
  if (ratio > mostRatio)
    missed.push(`${shape}, ${name}: ${ratio.toFixed(2)} times slower per byte in 1 MB`);
}

function ratioOf(shortUs: number, longUs: number): number {
  return longUs / shortUs / (longLength / shortLength);
}

function fastest(measure: () => number): number {
  return Math.min(...Array.from({ length: rounds }, measure));
}

function costUs(run: () => void, times: number): number {
  const beforeMs = performance.now();
  for (let time = 0; time < times; time++) run();
  return (1000 * (performance.now() - beforeMs)) / times;
}

/** 64 different texts of 4 KB: with a figure in nearly every sentence, without any, and without letters beyond ASCII. */
function makeProses() {
  const random = createRandom(20_261_123);
  const figures = Array.from({ length: 64 }, () =>
    textOf(() => proseLine(random), 4096).slice(0, 4096),
  );
  const plain = figures.map((text) => shapeOf(text.replaceAll(/[0-9@]/g, ""), 4096));
  const ascii = plain.map((text) => shapeOf(text.replaceAll(/[^\n -~]/g, ""), 4096));
  return [
    { kind: "plain prose", texts: ascii, mostUs: 60 },
    { kind: "plain prose with other letters", texts: plain, mostUs: 60 },
    { kind: "prose full of figures", texts: figures, mostUs: undefined },
  ];
}
