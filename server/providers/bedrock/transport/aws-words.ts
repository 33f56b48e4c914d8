import { LatencyProfile, ServiceTier } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";

/** AWS's words for service tiers, in headers and in Converse bodies. */
const tierWords: ReadonlyMap<ServiceTier, "default" | "priority" | "flex" | "reserved"> = new Map([
  [ServiceTier.DEFAULT, "default"],
  [ServiceTier.PRIORITY, "priority"],
  [ServiceTier.FLEX, "flex"],
  [ServiceTier.RESERVED, "reserved"],
]);

/** AWS's words for latency profiles. */
const latencyWords: ReadonlyMap<LatencyProfile, "standard" | "optimized"> = new Map([
  [LatencyProfile.STANDARD, "standard"],
  [LatencyProfile.OPTIMIZED, "optimized"],
]);

/** AWS's word for a service tier; undefined for none and for one that AWS has no word for. */
export function serviceTierWord(tier: ServiceTier | undefined) {
  return tierWords.get(tier ?? ServiceTier.UNSPECIFIED);
}

/** AWS's word for a latency profile; undefined for none. */
export function latencyWord(profile: LatencyProfile | undefined) {
  return latencyWords.get(profile ?? LatencyProfile.UNSPECIFIED);
}

/** The tier that a word of AWS's names; UNSPECIFIED for a word that is not known, or for none. */
export function serviceTierOf(word: string | undefined): ServiceTier {
  for (const [tier, known] of tierWords) if (known === word) return tier;
  return ServiceTier.UNSPECIFIED;
}
