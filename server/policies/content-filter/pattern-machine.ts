import {
  conditionsBetween,
  type Instruction,
  isWordCharacter,
  ops,
  type PatternProgram,
  takes,
} from "./pattern-program.ts";

/** The states of the program that are alive at one place of a text, in two orders, and what stands before the place. */
export interface MachineState {
  /** Those that began earliest first. */
  readonly earliest: readonly number[];
  /** Those that began latest first. */
  readonly latest: readonly number[];
  /** A character that is like the one before in all that conditions ask; -1 where the text begins. */
  readonly before: number;
  /** From 1 on; the first four are those in which nothing is alive. */
  readonly number: number;
  readonly steps: Map<number, Step>;
  /** The steps of ASCII characters, which are asked for most. */
  readonly asciiSteps: (Step | undefined)[];
}

/** What one character does to a state. Where a thread began is asked of the one it came from; -1 is a thread that begins. */
export interface Step {
  readonly to: MachineState;
  readonly earliestFrom: readonly number[];
  readonly latestFrom: readonly number[];
  /** Patterns that match before the character, with the latest thread that each match came from. */
  readonly matches: readonly { readonly from: number; readonly rule: number }[];
  /** Whether nothing from before the character is alive behind it: whatever is began with it. */
  readonly isFresh: boolean;
}

/** Steps of a program, worked out when they are first needed and then remembered for all texts. */
export interface PatternMachine {
  readonly start: MachineState;
  /** Changes when all are forgotten: another state has a number then. */
  readonly age: number;
  /** -1 is the end of the text. */
  step(state: MachineState, codePoint: number): Step;
  /** The same state as it is known now. */
  known(state: MachineState): MachineState;
  numbered(number: number): MachineState;
}

/** Numbers of states up to this one are of those in which nothing is alive: a match would have to begin anew. */
export const mostIdle = 4;

/** When more are remembered, all are forgotten; a text that makes many is slower, and takes no more memory. */
const mostStates = 2048;
const mostSteps = 32_768;

/** Begins with nothing remembered. */
export function createPatternMachine(program: PatternProgram): PatternMachine {
  const states = new Map<string, MachineState>();
  const byNumber: (MachineState | undefined)[] = [undefined];
  let stepCount = 0;
  let age = 0;
  const stateOf = (
    earliest: readonly number[],
    latest: readonly number[],
    before: number,
  ): MachineState => {
    const name = `${before} ${earliest} ${latest}`;
    const known = states.get(name);
    if (known) return known;
    const number = byNumber.length;
    const state = { earliest, latest, before, number, steps: new Map(), asciiSteps: [] };
    states.set(name, state);
    byNumber.push(state);
    return state;
  };
  const begin = () => {
    const [start] = [-1, newline, letter, other].map((before) => stateOf([], [], before));
    return start as MachineState;
  };
  const forget = () => {
    for (const state of states.values()) {
      state.steps.clear();
      state.asciiSteps.length = 0;
    }
    states.clear();
    byNumber.length = 1;
    stepCount = 0;
    age += 1;
    begin();
  };
  const work = (state: MachineState, codePoint: number): Step => {
    const holds = conditionsBetween(state.before, codePoint);
    const earliest = advance(program, [...state.earliest, program.start], { holds, codePoint });
    const latest = advance(program, [program.start, ...state.latest], { holds, codePoint });
    const earliestFrom = earliest.from.map((index) => (index < state.earliest.length ? index : -1));
    return {
      to: stateOf(earliest.pcs, latest.pcs, kindOf(codePoint)),
      isFresh: earliestFrom.every((index) => index < 0),
      earliestFrom,
      latestFrom: latest.from.map((index) => index - 1),
      matches: latest.matches.map(({ from, rule }) => ({ from: from - 1, rule })),
    };
  };
  const start = begin();
  return {
    start,
    get age() {
      return age;
    },
    step(state, codePoint) {
      const known =
        codePoint >= 0 && codePoint < 128
          ? state.asciiSteps[codePoint]
          : state.steps.get(codePoint);
      if (known) return known;
      if (states.size > mostStates || stepCount > mostSteps) forget();
      const step = work(state, codePoint);
      stepCount += 1;
      if (codePoint >= 0 && codePoint < 128) state.asciiSteps[codePoint] = step;
      else state.steps.set(codePoint, step);
      return step;
    },
    known(state) {
      const { earliest, latest, before, number } = state;
      return byNumber[number] === state ? state : stateOf(earliest, latest, before);
    },
    numbered: (number) => byNumber[number] ?? start,
  };
}

const newline = 10;
const letter = 0x61;
const other = 0x20;

function kindOf(codePoint: number): number {
  if (codePoint === newline) return newline;
  return isWordCharacter(codePoint) ? letter : other;
}

/**
 * Thompson's step: from these states, in this order, to those behind the character. The first to come to a state is the one
 * that it came from.
 */
function advance(
  { instructions, rules }: PatternProgram,
  pcs: readonly number[],
  { holds, codePoint }: { holds: number; codePoint: number },
) {
  const seen = new Set<number>();
  const taken = new Set<number>();
  const next = {
    pcs: [] as number[],
    from: [] as number[],
    matches: [] as { from: number; rule: number }[],
  };
  for (const [from, first] of pcs.entries()) {
    const stack = [first];
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      const instruction = instructions[pc];
      if (!instruction || seen.has(pc)) continue;
      seen.add(pc);
      if (instruction.op === ops.match) {
        next.matches.push({ from, rule: rules[instruction.arg] ?? -1 });
      } else if (instruction.op < ops.rune) {
        stack.push(...followers(instruction, holds));
      } else if (codePoint >= 0 && !taken.has(instruction.out) && takes(instruction, codePoint)) {
        taken.add(instruction.out);
        next.pcs.push(instruction.out);
        next.from.push(from);
      }
    }
  }
  return next;
}

/** Where an instruction that reads nothing leads under these conditions. */
function followers({ op, out, arg }: Instruction, holds: number): readonly number[] {
  switch (op) {
    case ops.alt:
    case ops.altMatch:
      return [arg, out];
    case ops.capture:
    case ops.nop:
      return [out];
    case ops.emptyWidth:
      return (arg & ~holds) === 0 ? [out] : [];
    default:
      return [];
  }
}

/** The number of a pattern's rule that matches without any character, if there is one. */
export function blankMatch(program: PatternProgram): number | undefined {
  const everyCondition = { holds: 63, codePoint: -1 };
  return advance(program, [program.start], everyCondition).matches[0]?.rule;
}
