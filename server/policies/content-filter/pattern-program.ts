import { RE2Set } from "re2js";

/** A RE2 expression, and the number of the rule that it stands in. */
export interface RuledPattern {
  readonly source: string;
  readonly rule: number;
}

/** One step of a program, as RE2 compiles it (re2js: `Inst`). */
export interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(codePoint: number): boolean;
}

/** The kinds of instructions (re2js: `Inst`; RE2: `InstOp`). `test/…/pattern-watch.test.ts` holds them. */
export const ops = {
  alt: 1,
  altMatch: 2,
  capture: 3,
  emptyWidth: 4,
  fail: 5,
  match: 6,
  nop: 7,
  rune: 8,
  rune1: 9,
  runeAny: 10,
  runeAnyNotNewline: 11,
} as const;

/** What holds between two characters (re2js: `Utils.EMPTY_…`). */
const conditions = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;

/**
 * Patterns as one program. re2js parses and compiles them; it can only search texts that are whole, so the program is
 * run by `createPatternMachine`, which also knows what could still become a match.
 */
export interface PatternProgram {
  readonly start: number;
  readonly instructions: readonly Instruction[];
  /** By the number that the program calls a pattern. */
  readonly rules: readonly number[];
}

/** Throws what re2js throws when a pattern is none, or all together are too large. */
export function parsePatterns(patterns: readonly RuledPattern[]): PatternProgram {
  const set = new RE2Set(RE2Set.UNANCHORED);
  for (const { source } of patterns) set.add(source);
  set.compile();
  return {
    start: set.prog.start,
    instructions: set.prog.inst as readonly Instruction[],
    rules: patterns.map(({ rule }) => rule),
  };
}

/** Whether an instruction that reads a character reads this one. */
export function takes(instruction: Instruction, codePoint: number): boolean {
  switch (instruction.op) {
    case ops.runeAny:
      return true;
    case ops.runeAnyNotNewline:
      return codePoint !== newline;
    default:
      return instruction.matchRune(codePoint);
  }
}

const newline = 10;

/** What holds between two characters; -1 is the text's beginning or end. */
export function conditionsBetween(before: number, after: number): number {
  let holds = 0;
  if (before < 0) holds |= conditions.beginText | conditions.beginLine;
  if (before === newline) holds |= conditions.beginLine;
  if (after < 0) holds |= conditions.endText | conditions.endLine;
  if (after === newline) holds |= conditions.endLine;
  const isBoundary = isWordCharacter(before) !== isWordCharacter(after);
  return holds | (isBoundary ? conditions.wordBoundary : conditions.noWordBoundary);
}

/** RE2's `\w`: ASCII alone. */
export function isWordCharacter(codePoint: number): boolean {
  return (
    (codePoint >= 0x61 && codePoint <= 0x7a) ||
    (codePoint >= 0x41 && codePoint <= 0x5a) ||
    (codePoint >= 0x30 && codePoint <= 0x39) ||
    codePoint === 0x5f
  );
}
