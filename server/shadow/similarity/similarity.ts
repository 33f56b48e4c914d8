import { canonicalJson } from "./json-text.ts";
import { lengthRatio } from "./length-ratio.ts";
import {
  countNegations,
  negationAgreement,
  type Statements,
  statementsContradict,
  statementsOf,
} from "./negation.ts";
import { ngramCosine } from "./ngram-cosine.ts";
import {
  numberAgreement,
  type Quantities,
  quantitiesContradict,
  quantitiesOf,
} from "./quantities.ts";
import { isRefusal } from "./refusal.ts";
import { rougeL } from "./rouge-l.ts";
import { plainText, wordsOf } from "./words.ts";

/** What is compared of an answer. */
export interface ComparedAnswer {
  readonly text: string;
  /** Whether the provider says that the model declined or that a filter withheld the answer. */
  readonly withheld: boolean;
}

/** An answer, read once for all parts of the comparison. */
interface Reading {
  readonly plain: string;
  readonly words: readonly string[];
  readonly quantities: Quantities;
  readonly statements: Statements;
  readonly negations: number;
  readonly refuses: boolean;
  readonly isJson: boolean;
}

/**
 * The parts of the score, each from 0 to 1, and how many hundredths of the score each is. The letter and word parts are
 * most of it; the others are small because they are rarely below 1 and heavy where they are (`criticals`).
 */
export const similarityParts = {
  ngrams: { percent: 35, of: (a, b) => ngramCosine(a.plain, b.plain) },
  rougeL: { percent: 25, of: (a, b) => rougeL(a.words, b.words) },
  lengthRatio: { percent: 10, of: (a, b) => lengthRatio(a.plain, b.plain) },
  numbers: { percent: 15, of: (a, b) => numberAgreement(a.quantities, b.quantities) },
  negation: { percent: 5, of: (a, b) => negationAgreement(a.negations, b.negations) },
  refusal: { percent: 5, of: (a, b) => Number(a.refuses === b.refuses) },
  json: { percent: 5, of: (a, b) => Number(a.isJson === b.isJson) },
} as const satisfies Record<string, SimilarityPart>;

interface SimilarityPart {
  readonly percent: number;
  readonly of: (a: Reading, b: Reading) => number;
}

/** A part's name. */
export type PartName = keyof typeof similarityParts;

/** All of them. */
export const partNames = Object.keys(similarityParts) as readonly PartName[];

/** Differences that make two answers unequal in what matters, however alike they read. */
export type Critical = "quantities" | "negation" | "refusal";

/** How alike two answers are. */
export interface Similarity {
  /** From 0 to 1: the weighted sum of the parts, and at most `criticalCeiling` where something critical differs. */
  readonly score: number;
  readonly parts: Readonly<Record<PartName, number>>;
  readonly criticals: readonly Critical[];
}

/** The most that answers score between which something critical differs. */
export const criticalCeiling = 0.25;

/** Compares two answers; the order makes no difference. */
export function similarityOf(a: ComparedAnswer, b: ComparedAnswer): Similarity {
  const steps = similaritySteps(a, b);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps of a few milliseconds at most, so that whoever serves others meanwhile can let them in between. */
export function* similaritySteps(
  a: ComparedAnswer,
  b: ComparedAnswer,
): Generator<void, Similarity, void> {
  const left = yield* reading(a);
  const right = yield* reading(b);
  const parts: Partial<Record<PartName, number>> = {};
  let hundredths = 0;
  for (const name of partNames) {
    const { percent, of } = similarityParts[name];
    const value = of(left, right);
    parts[name] = value;
    hundredths += percent * value;
    yield;
  }
  const criticals = criticalsOf(left, right);
  const score = Math.min(hundredths / 100, criticals.length > 0 ? criticalCeiling : 1);
  return { score, parts: parts as Record<PartName, number>, criticals };
}

function* reading({ text, withheld }: ComparedAnswer): Generator<void, Reading, void> {
  const json = canonicalJson(text);
  yield;
  const plain = plainText(json ?? text);
  yield;
  const words = wordsOf(plain);
  yield;
  const quantities = quantitiesOf(plain);
  yield;
  const statements = statementsOf(plain);
  yield;
  const refuses = withheld || isRefusal(plain);
  const negations = countNegations(words);
  return { plain, words, quantities, statements, negations, refuses, isJson: json !== undefined };
}

function criticalsOf(a: Reading, b: Reading): Critical[] {
  const found: Critical[] = [];
  if (quantitiesContradict(a.quantities, b.quantities)) found.push("quantities");
  if (statementsContradict(a.statements, b.statements)) found.push("negation");
  if (a.refuses !== b.refuses) found.push("refusal");
  return found;
}
