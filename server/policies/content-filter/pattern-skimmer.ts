import type { CharacterRun } from "./character-run.ts";
import { type MachineState, mostIdle, type PatternMachine } from "./pattern-machine.ts";

/** Where somebody is in a text. */
export interface Cursor {
  state: MachineState;
  /** The index in the run behind the last character at which nothing was alive; -1 where there was none such in it. */
  idleAt: number;
  /** The state there. */
  idle: MachineState;
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
  /** The number of the state behind the character; 0 where something matches. */
  const step = (number: number, codePoint: number): number => {
    const { to, matches } = machine.step(machine.numbered(number), codePoint);
    if (matches.length > 0) return 0;
    const isSame = age === machine.age;
    makeRoom(to.number);
    if (isSame && codePoint < rowLength) table[number * rowLength + codePoint] = to.number;
    return to.number;
  };

  return (cursor, { codePoints, count }, from) => {
    cursor.idleAt = -1;
    if (from >= count) return count;
    let { number } = machine.known(cursor.state);
    makeRoom(number);
    let rows = table;
    let idleAt = -1;
    let idle = 0;
    let index = from;
    for (; index < count; index++) {
      const codePoint = codePoints[index] ?? 0;
      let next = codePoint < rowLength ? (rows[number * rowLength + codePoint] ?? 0) : 0;
      if (next === 0) {
        next = step(number, codePoint);
        if (next === 0) break;
        rows = table;
      }
      number = next;
      if (number > mostIdle) continue;
      idleAt = index + 1;
      idle = number;
    }
    cursor.idleAt = idleAt;
    cursor.state = machine.numbered(number);
    if (idle > 0) cursor.idle = machine.numbered(idle);
    return index;
  };
}

/** ASCII. */
const rowLength = 128;
