import { foldText } from "./fold-text.ts";

/** A word or phrase, and the number of the rule that it stands in. */
export interface RuledWord {
  readonly text: string;
  readonly rule: number;
}

/** A word that ends where the automaton is. */
export interface WordHit {
  /** In folded characters. */
  readonly length: number;
  readonly rule: number;
}

/** All words as one automaton over folded characters (Aho and Corasick, 1975). State 0 is its beginning. */
export interface WordAutomaton {
  /** The state after one more character: the longest end of the text that begins some word. */
  next(state: number, codePoint: number): number;
  /** Whether no word begins with this character: where none is under way, none is behind it. Quick for ASCII. */
  beginsNone(codePoint: number): boolean;
  /** How many characters of some word the state stands for. */
  depthOf(state: number): number;
  /** The state of the next shorter such end. */
  shorter(state: number): number;
  /** The words that end here, the longest first. */
  hitsAt(state: number): readonly WordHit[];
}

interface Node {
  readonly children: Map<number, number>;
  readonly depth: number;
  shorter: number;
  hits: WordHit[];
}

/** Builds it. Throws where a word has nothing that could be found. */
export function buildWordAutomaton(words: readonly RuledWord[]): WordAutomaton {
  const nodes: Node[] = [{ children: new Map(), depth: 0, shorter: 0, hits: [] }];
  for (const { text, rule } of words) {
    const letters = Array.from(foldText(text), (each) => each.codePointAt(0) ?? 0);
    if (letters.length === 0) throw new Error("a word has no visible character");
    nodes[addWord(nodes, letters)]?.hits.push({ length: letters.length, rule });
  }
  const next = (state: number, codePoint: number): number => {
    for (let at = state; ; at = nodes[at]?.shorter ?? 0) {
      const child = nodes[at]?.children.get(codePoint);
      if (child !== undefined) return child;
      if (at === 0) return 0;
    }
  };
  linkShorter(nodes, next);
  const firsts = new Uint8Array(128);
  for (const first of nodes[0]?.children.keys() ?? []) if (first < 128) firsts[first] = 1;
  return {
    next: withRows(next),
    beginsNone: (codePoint) => codePoint < 128 && firsts[codePoint] === 0,
    depthOf: (state) => nodes[state]?.depth ?? 0,
    shorter: (state) => nodes[state]?.shorter ?? 0,
    hitsAt: (state) => nodes[state]?.hits ?? [],
  };
}

/** Of so many states it is kept where ASCII leads: half a megabyte. Texts are seldom in others. */
const mostRows = 1024;

/** The same function, with a table for ASCII: one look, where the links may have to be followed for each character. */
function withRows(next: WordAutomaton["next"]): WordAutomaton["next"] {
  const rows: (Int32Array | undefined)[] = [];
  let count = 0;
  const addRow = (state: number): Int32Array => {
    const row = Int32Array.from({ length: 128 }, (_, codePoint) => next(state, codePoint));
    rows[state] = row;
    count += 1;
    return row;
  };
  return (state, codePoint) => {
    if (codePoint >= 128) return next(state, codePoint);
    const row = rows[state] ?? (count < mostRows ? addRow(state) : undefined);
    return row?.[codePoint] ?? next(state, codePoint);
  };
}

function addWord(nodes: Node[], letters: readonly number[]): number {
  let state = 0;
  for (const letter of letters) {
    const node = nodes[state];
    if (!node) break;
    let child = node.children.get(letter);
    if (child === undefined) {
      child = nodes.length;
      nodes.push({ children: new Map(), depth: node.depth + 1, shorter: 0, hits: [] });
      node.children.set(letter, child);
    }
    state = child;
  }
  return state;
}

/** Level by level, because each link needs those of the levels above. */
function linkShorter(nodes: Node[], next: WordAutomaton["next"]): void {
  let level = [0];
  while (level.length > 0) {
    const below: number[] = [];
    for (const state of level) {
      for (const [letter, child] of nodes[state]?.children ?? []) {
        const node = nodes[child];
        if (!node) continue;
        node.shorter = state === 0 ? 0 : next(nodes[state]?.shorter ?? 0, letter);
        node.hits = [...node.hits, ...(nodes[node.shorter]?.hits ?? [])];
        below.push(child);
      }
    }
    level = below;
  }
}
