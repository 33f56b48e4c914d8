/** What a record can be, by the number that stands in its header. Numbers are never given again. */
export const recordKinds = {
  /** A process begins its chain. */
  start: 1,
  /** A data key is used from here on. */
  key: 2,
  /** The signed heads of this chain and of those that it saw. */
  checkpoint: 3,
  /** A segment past its retention was shredded. */
  prune: 4,
  /** A closed segment was copied to where nobody can change it. */
  archive: 5,
  /** A call is about to be made. */
  intent: 10,
  /** How a call ended. */
  outcome: 11,
  /** A copy of shadow mode is about to be made. */
  "copy-intent": 12,
  /** How a copy ended. */
  "copy-outcome": 13,
  /** Somebody changes the configuration, a key or the live state. */
  change: 20,
  /** Somebody reads the log, or takes a copy of it. */
  read: 21,
} as const;

export type RecordKind = keyof typeof recordKinds;

const names = new Map<number, RecordKind>(
  Object.entries(recordKinds).map(([name, number]) => [number, name as RecordKind]),
);

/** The name of a kind; undefined for a number that this version does not know. */
export function recordKindOf(number: number): RecordKind | undefined {
  return names.get(number);
}
