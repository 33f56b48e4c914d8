import type { Fence } from "../core/fence.ts";
import { fitsAny } from "../core/name-pattern.ts";

/** What all of these fences leave: a call has to be inside of each. */
export type Fences = readonly Fence[];

/** Whether a provider is inside, wherever it serves. */
export function allowsProvider(fences: Fences, provider: string): boolean {
  return fences.every(({ providers }) => providers.length === 0 || fitsAny(providers, provider));
}

/**
 * Whether a region is inside, as well as everything that may serve a call that is sent there. Where that is not known,
 * only a fence that allows every region lets it through.
 */
export function allowsRegions(
  fences: Fences,
  region: string,
  servedIn: readonly string[] | undefined,
): boolean {
  return fences.every(({ regions }) => {
    if (regions.length === 0 || regions.includes("*")) return true;
    if (!servedIn || !fitsAny(regions, region)) return false;
    return servedIn.every((each) => fitsAny(regions, each));
  });
}

/** The regions that keep something out; empty where it is not known who would serve it. */
export function regionsOutside(
  fences: Fences,
  servedIn: readonly string[] | undefined,
): readonly string[] {
  return (servedIn ?? []).filter((region) => !allowsRegions(fences, region, [region]));
}
