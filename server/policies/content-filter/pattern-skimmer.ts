import type { CharacterRun } from "./character-run.ts";
import type { MachineState, PatternMachine } from "./pattern-machine.ts";

/** Where somebody is in a text. */
export interface Cursor {
  state: MachineState;
  /** The index in the run of the last character that was a fresh step; -1 where none was. */
  freshAt: number;
  /** The state behind it. */
  fresh: MachineState;
}

/** Reads on over a run from an index, and stops before a character at which a pattern matches, or at the run's end. */
export type Skim = (cursor: Cursor, run: CharacterRun, from: number) => number;

/**
 * Goes through a machine's states without asking where anything began: a table says where ASCII leads, so that a character
 * costs one look. It has a row for each state, which fills as texts come by; 0 is what is not known, or where something
 * matches.
 */
export function createSkimmer(machine: PatternMachine): Skim {
  let table = new Uint16Array(64 * rowLength);
  let { age } = machine;

  const makeRoom = (number: number) => {
    if (age !== machine.age) table.fill(0);
    age = machine.age;
    if ((number + 1) * rowLength <= table.length) return;
    const larger = new Uint16Array(2 * table.length);
    larger.set(table);
    table = larger;
  };
  /** What the table says, or will say: the number of the state behind the character, and whether the step is fresh. */
  const learn = (number: number, codePoint: number): number => {
    const { to, matches, isFresh } = machine.step(machine.numbered(number), codePoint);
    if (matches.length > 0) return 0;
    const entry = isFresh ? to.number | fresh : to.number;
    const isSame = age === machine.age;
    makeRoom(to.number);
    if (isSame && codePoint < rowLength) table[number * rowLength + codePoint] = entry;
    return entry;
  };

  return (cursor, { codePoints, count }, from) => {
    cursor.freshAt = -1;
    if (from >= count) return count;
    let { number } = machine.known(cursor.state);
    makeRoom(number);
    let rows = table;
    let freshNumber = 0;
    let freshAt = -1;
    let index = from;
    for (; index < count; index++) {
      const codePoint = codePoints[index] ?? 0;
      let next = codePoint < rowLength ? (rows[number * rowLength + codePoint] ?? 0) : 0;
      if (next === 0) {
        // The machine may forget what the number means.
        if (freshNumber > 0) cursor.fresh = machine.numbered(freshNumber);
        freshNumber = 0;
        next = learn(number, codePoint);
        if (next === 0) break;
        rows = table;
      }
      number = next & ~fresh;
      if (next < fresh) continue;
      freshAt = index;
      freshNumber = number;
    }
    cursor.state = machine.numbered(number);
    cursor.freshAt = freshAt;
    if (freshNumber > 0) cursor.fresh = machine.numbered(freshNumber);
    return index;
  };
}

/** ASCII. */
const rowLength = 128;

/** The bit of an entry that says that the step is fresh. Numbers of states stay far below it. */
const fresh = 0x8000;
