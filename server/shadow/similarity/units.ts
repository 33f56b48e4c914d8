/** What a unit measures, and how much of that dimension's base unit it is. */
export interface Unit {
  readonly dimension: string;
  readonly factor: number;
}

const table: ReadonlyArray<readonly [dimension: string, factor: number, names: string]> = [
  ["mass", 1e9, "tonne tonnes"],
  ["mass", 1e6, "kg kilogram kilograms kilo kilos"],
  ["mass", 1e3, "g gram grams"],
  ["mass", 1, "mg milligram milligrams"],
  ["mass", 1e-3, "mcg µg μg ug microgram micrograms"],
  ["mass", 1e-6, "ng nanogram nanograms"],
  ["mass", 453_592.37, "lb lbs pound pounds"],
  ["mass", 28_349.523125, "oz ounce ounces"],
  ["volume", 1000, "l liter liters litre litres"],
  ["volume", 100, "dl deciliter deciliters decilitre decilitres"],
  ["volume", 10, "cl centiliter centiliters centilitre centilitres"],
  ["volume", 1, "ml milliliter milliliters millilitre millilitres"],
  ["length", 1000, "km kilometer kilometers kilometre kilometres"],
  ["length", 1, "m meter meters metre metres"],
  ["length", 1e-2, "cm centimeter centimeters centimetre centimetres"],
  ["length", 1e-3, "mm millimeter millimeters millimetre millimetres"],
  ["length", 1609.344, "mile miles"],
  ["length", 0.3048, "ft foot feet"],
  ["length", 0.0254, "inch inches"],
  ["time", 1e-3, "ms millisecond milliseconds"],
  ["time", 1, "sec secs second seconds"],
  ["time", 60, "min mins minute minutes"],
  ["time", 3600, "h hr hrs hour hours"],
  ["time", 86_400, "day days"],
  ["time", 604_800, "week weeks"],
  ["months", 1, "month months"],
  ["months", 12, "year years yr yrs"],
  ["share", 1, "% percent"],
  ["celsius", 1, "°c"],
  ["fahrenheit", 1, "°f"],
  ["bytes", 1, "byte bytes"],
  ["bytes", 1e3, "kb"],
  ["bytes", 1e6, "mb"],
  ["bytes", 1e9, "gb"],
  ["bytes", 1e12, "tb"],
  ["energy", 1, "kcal"],
  ["amount", 1, "mmol"],
  ["dose", 1, "iu"],
  ["usd", 1, "$ usd dollar dollars"],
  ["eur", 1, "€ eur euro euros"],
  ["gbp", 1, "£ gbp"],
  ["yen", 1, "¥ jpy yen"],
];

/** Units by their names in lower case. Those that mean other things as often (`s`, `in`) are missing. */
export const units: ReadonlyMap<string, Unit> = new Map(
  table.flatMap(([dimension, factor, names]) =>
    names.split(" ").map((name) => [name, { dimension, factor }] as const),
  ),
);
