import { units } from "./units.ts";

/** The numbers of a text by what they measure; numbers without a unit are under the empty name. */
export type Quantities = ReadonlyMap<string, ReadonlySet<number>>;

/** `$1,200.50`, `-3`, `2,5` (a decimal comma) and what stands right behind as a unit, `50 mg`, `30-minute`, `5%`. */
const quantity =
  /(?<currency>[$€£¥] ?)?(?<![\p{L}\p{N}.])(?<number>[-−]?\d+(?:,\d{3})*(?:[.,]\d+)?)(?:[ -]?(?<unit>%|°[cf]|[\p{L}]+))?/gu;

/** The number of a list's item says nothing: another list has it too. */
const itemNumber = /^ *\d+[.)] /gm;

/** Reads the numbers of a plain text. Units are brought together: 0.5 g is 500 mg, and 24 hours are a day. */
export function quantitiesOf(plain: string): Quantities {
  const found = new Map<string, Set<number>>();
  for (const { groups } of plain.replace(itemNumber, "").matchAll(quantity)) {
    const unit = units.get(groups?.currency?.trim() ?? groups?.unit ?? "");
    const dimension = unit?.dimension ?? "";
    const values = found.get(dimension) ?? new Set();
    values.add(rounded(readNumber(groups?.number ?? "") * (unit?.factor ?? 1)));
    found.set(dimension, values);
  }
  return found;
}

function readNumber(number: string): number {
  const plain = number
    .replace("−", "-")
    .replace(/,(?=\d{3}(?:\D|$))/g, "")
    .replace(",", ".");
  return Number(plain);
}

/** Conversions leave a trace in the last digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/**
 * How far the numbers of two texts agree: twice those in both over all of them (Dice), with their units, each counted
 * once; from 0 to 1. Texts without numbers agree.
 */
export function numberAgreement(a: Quantities, b: Quantities): number {
  const all = countOf(a) + countOf(b);
  if (all === 0) return 1;
  let shared = 0;
  for (const [dimension, values] of a) {
    for (const value of values) if (b.get(dimension)?.has(value)) shared += 1;
  }
  return (2 * shared) / all;
}

function countOf(quantities: Quantities): number {
  return [...quantities.values()].reduce((sum, values) => sum + values.size, 0);
}

/**
 * Whether both texts measure the same thing and each gives an amount that the other does not: "50 mg" against "5 mg". A
 * quantity that one text leaves out is no contradiction, and neither is a number without a unit.
 */
export function quantitiesContradict(a: Quantities, b: Quantities): boolean {
  return [...a].some(([dimension, values]) => {
    const others = b.get(dimension);
    if (dimension === "" || !others) return false;
    return hasOwn(values, others) && hasOwn(others, values);
  });
}

function hasOwn(values: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  return [...values].some((value) => !others.has(value));
}
