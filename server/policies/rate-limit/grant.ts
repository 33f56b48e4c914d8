import type { Claim, Need } from "./claim.ts";

/** What a call has taken from its buckets. */
export interface Grant {
  /** The call is over, however it ended, and used so many tokens. Only the first word counts. */
  end(tokens: number): void;
}

/** Takes from every bucket at once; the caller has made sure that there is room. `freed` is told when something comes back. */
export function take(
  claims: readonly Claim[],
  need: Need,
  { now, freed }: { readonly now: () => number; readonly freed: (claim: Claim) => void },
): Grant {
  const nowMs = now();
  const taken = claims.map((claim) => {
    const { bucket } = claim;
    bucket.requests.add(nowMs, 1);
    const second = bucket.tokens.add(nowMs, need.tokens);
    bucket.underWay += need.tokens;
    if (need.isStream) bucket.streams += 1;
    return { claim, second };
  });
  let isOver = false;
  return {
    end(tokens) {
      if (isOver) return;
      isOver = true;
      for (const { claim, second } of taken) {
        const { bucket } = claim;
        // Where nobody limits tokens, none were set aside, and nothing is worth knowing.
        if (need.tokens > 0) bucket.tokens.correct(now(), second, tokens - need.tokens);
        bucket.underWay -= need.tokens;
        if (need.isStream) bucket.streams -= 1;
        freed(claim);
      }
    },
  };
}
