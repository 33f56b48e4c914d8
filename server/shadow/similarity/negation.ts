import { wordsOf } from "./words.ts";

/** English first, and the plainest words of German, French and Spanish that mean nothing else in the others. */
const negations: ReadonlySet<string> = new Set(
  (
    "not no never none nobody nothing neither nor without " +
    "nicht kein keine keinen keiner keines niemals ohne " +
    "pas jamais sans nunca jamás ninguno ninguna"
  ).split(" "),
);

/** Words that come and go with a negation: "do not take" denies "take". */
const carriers: ReadonlySet<string> = new Set(["do", "does", "did"]);

/** Shorter sentences stand in many answers and mean something else in each. */
const fewestWords = 3;

/** How often a text denies something. */
export function countNegations(words: readonly string[]): number {
  return words.reduce((count, word) => count + (negations.has(word) ? 1 : 0), 0);
}

/** The smaller count of negations over the larger one, from 0 to 1. Texts that deny nothing agree. */
export function negationAgreement(a: number, b: number): number {
  const more = Math.max(a, b);
  return more === 0 ? 1 : Math.min(a, b) / more;
}

/** A text's sentences without their negations, each with whether it is denied; one that is both is left out. */
export type Statements = ReadonlyMap<string, boolean>;

/** Reads the statements of a plain text. */
export function statementsOf(plain: string): Statements {
  const statements = new Map<string, boolean>();
  const both = new Set<string>();
  for (const sentence of plain.split(/[.!?;\n]+/)) {
    const words = wordsOf(sentence);
    const said = words.filter((word) => !negations.has(word) && !carriers.has(word));
    if (said.length < fewestWords) continue;
    const key = said.join(" ");
    const isDenied = countNegations(words) % 2 === 1;
    if ((statements.get(key) ?? isDenied) !== isDenied) both.add(key);
    statements.set(key, isDenied);
  }
  for (const key of both) statements.delete(key);
  return statements;
}

/** Whether one text denies in the same words what the other one says: "take it with milk", "do not take it with milk". */
export function statementsContradict(a: Statements, b: Statements): boolean {
  return [...a].some(([key, isDenied]) => (b.get(key) ?? isDenied) !== isDenied);
}
