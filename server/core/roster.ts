/**
 * Those who are there just now, in no order, for a list that lives long while its members come and go. A Map or Set would
 * keep them after they have left: V8 gives a large one a new table every few insertions, beside the old one, and once the
 * list is old so are its tables, and whatever an old table names outlives every collection of the young
 * (docs/decisions/2026-11-24-no-long-lived-maps-of-calls.md). This keeps nothing of who has left.
 */
export interface Roster<T> extends Iterable<T> {
  readonly size: number;
  /** The place that it is given, from 0. When it has left, the place is another's. */
  add(member: T): number;
  /** Takes away whoever is at a place, and gives it; undefined where nobody is. */
  take(place: number): T | undefined;
  clear(): void;
}

/** An empty one. It holds as many places as there were members at once. */
export function createRoster<T>(): Roster<T> {
  const places: (T | undefined)[] = [];
  const free: number[] = [];
  return {
    get size() {
      return places.length - free.length;
    },
    add(member) {
      const place = free.pop() ?? places.length;
      places[place] = member;
      return place;
    },
    take(place) {
      const member = places[place];
      if (member === undefined) return undefined;
      places[place] = undefined;
      free.push(place);
      return member;
    },
    clear() {
      places.length = 0;
      free.length = 0;
    },
    *[Symbol.iterator]() {
      for (const member of places) if (member !== undefined) yield member;
    },
  };
}
