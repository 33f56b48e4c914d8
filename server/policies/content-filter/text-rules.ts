import { blankMatch, createPatternMachine } from "./pattern-machine.ts";
import { parsePatterns, type RuledPattern } from "./pattern-program.ts";
import { createSkimmer } from "./pattern-skimmer.ts";
import type { Patterns } from "./pattern-watch.ts";
import { buildWordAutomaton, type RuledWord, type WordAutomaton } from "./word-automaton.ts";

/** What a refusal says of a rule: whose it is, and which. Never what it found. */
export interface RuleName {
  readonly policy: string;
  /** A topic is called so; everything else is a rule. */
  readonly kind: "rule" | "topic";
  readonly name: string;
}

/** Rules for texts of one kind, before they are compiled. */
export interface TextRuleSources {
  readonly names: readonly RuleName[];
  readonly words: readonly RuledWord[];
  /** The operator's patterns, which see a text as it is. */
  readonly patterns: readonly RuledPattern[];
  /** Patterns that see the folded text. */
  readonly foldedPatterns: readonly RuledPattern[];
}

/** Rules for texts, compiled. Absent parts have nothing to look for. */
export interface TextRules {
  readonly names: readonly RuleName[];
  readonly words: WordAutomaton | undefined;
  readonly patterns: Patterns | undefined;
  readonly foldedPatterns: Patterns | undefined;
}

/** Compiles them; undefined where there are none. Throws where a pattern cannot be used. */
export function compileTextRules(sources: TextRuleSources): TextRules | undefined {
  const { names, words, patterns, foldedPatterns } = sources;
  if (names.length === 0) return undefined;
  return {
    names,
    words: words.length > 0 ? buildWordAutomaton(words) : undefined,
    patterns: compilePatterns(patterns, names),
    foldedPatterns: compilePatterns(foldedPatterns, names),
  };
}

/** A pattern that matches where nothing stands would block every text. */
function compilePatterns(
  patterns: readonly RuledPattern[],
  names: readonly RuleName[],
): Patterns | undefined {
  if (patterns.length === 0) return undefined;
  const program = parsePatterns(patterns);
  const blank = blankMatch(program);
  if (blank !== undefined) {
    throw new Error(`the pattern ${names[blank]?.name} matches where nothing stands`);
  }
  const machine = createPatternMachine(program);
  return { machine, skim: createSkimmer(machine) };
}
