/** One provider in one region, and the model families whose bodies the gateway can write for it. */
export interface ServingPlace {
  readonly provider: string;
  readonly region: string;
  readonly families: ReadonlySet<string>;
}

/** A provider with its places, in the order in which they are asked. */
export interface PlacedProvider {
  readonly name: string;
  readonly places: readonly ServingPlace[];
  /** The provider alone, as the catalogue is asked for it. */
  readonly alone: ReadonlySet<string>;
}

/** Places by provider, in the order in which each first appears; the primary one comes before all others. */
export function byProvider(
  places: readonly ServingPlace[],
  primary?: string | undefined,
): readonly PlacedProvider[] {
  const names = [...new Set(places.map(({ provider }) => provider))];
  const ordered = primary === undefined ? names : names.toSorted((a, b) => rank(a) - rank(b));
  function rank(name: string): number {
    return name === primary ? 0 : 1;
  }
  return ordered.map((name) => ({
    name,
    places: places.filter(({ provider }) => provider === name),
    alone: new Set([name]),
  }));
}
