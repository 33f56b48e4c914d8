import { ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";

/** OpenAI's words for service tiers. `scale` is capacity that was bought; it is told in answers and not asked for. */
const words: ReadonlyMap<ServiceTier, string> = new Map([
  [ServiceTier.DEFAULT, "default"],
  [ServiceTier.PRIORITY, "priority"],
  [ServiceTier.FLEX, "flex"],
  [ServiceTier.RESERVED, "scale"],
]);

/** The word to ask for a tier; undefined leaves it to the project's settings at OpenAI. */
export function serviceTierWord(tier: ServiceTier): string | undefined {
  return words.get(tier);
}

/** The tier that an answer names; UNSPECIFIED for a word that is not known, or for none. */
export function serviceTierOf(word: string | undefined): ServiceTier {
  for (const [tier, known] of words) if (known === word) return tier;
  return ServiceTier.UNSPECIFIED;
}
