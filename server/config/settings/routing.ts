import { decimalWithin, mapOf } from "../schema/json-schema.ts";
import { describedBy, list, listLike, oneOf, type SettingsTable } from "../setting.ts";

/** Which endpoints may serve, and in which order they are asked. */
export interface RoutingSettings {
  readonly routingOrder: "priority" | "weight" | "cost" | "latency" | undefined;
  /** Each provider's share of the calls; undefined when none are configured. */
  readonly routingWeights: ReadonlyMap<string, number> | undefined;
  readonly routingAffinity: "none" | "key" | "conversation";
  /** Names, or patterns with `*`; empty means all. */
  readonly allowedProviders: readonly string[];
  readonly allowedRegions: readonly string[];
}

/** Every provider that this gateway can be told of. */
export const providerNames: readonly string[] = ["bedrock", "openai"];

/** Names of providers or regions, with `*` for anything. */
const patterns = listLike(
  /^[a-z0-9*-]{1,64}$/,
  "names in lower case; * stands for anything, as in us-*",
);

const shares = Object.fromEntries(
  providerNames.map((name) => [name, decimalWithin(0, 999_999_999)]),
);
const zero = { enum: [0, "0"] };

/** `openai=0.9,bedrock=0.1`, numbers of any sum. */
const weights = describedBy({ ...mapOf(shares), not: { additionalProperties: zero } }, readWeights);

/** How each is named and read. */
export const routingSettingsTable: SettingsTable<RoutingSettings> = {
  routingOrder: {
    env: "AXONFLOW_ROUTING_ORDER",
    yaml: "RoutingOrder",
    summary:
      "priority, weight, cost or latency. Not set: weight where routing_weights are, else priority.",
    isReloadable: true,
    read: oneOf("priority", "weight", "cost", "latency"),
  },
  routingWeights: {
    env: "LLM_ROUTING_WEIGHTS",
    yaml: "routing_weights",
    form: "map",
    summary:
      "Each provider's share of the calls: openai=0.9,bedrock=0.1. One that is not named gets no calls at all.",
    isReloadable: true,
    read: weights,
  },
  routingAffinity: {
    env: "AXONFLOW_ROUTING_AFFINITY",
    yaml: "RoutingAffinity",
    summary: "What keeps calls at one endpoint: none, key (the licence key) or conversation.",
    fallback: "none",
    isReloadable: true,
    read: oneOf("none", "key", "conversation"),
  },
  allowedProviders: {
    env: "AXONFLOW_ALLOWED_PROVIDERS",
    yaml: "AllowedProviders",
    form: "list",
    summary: "The only providers that may serve calls, separated by commas; * stands for anything.",
    fallback: "",
    isReloadable: true,
    read: patterns,
  },
  allowedRegions: {
    env: "AXONFLOW_ALLOWED_REGIONS",
    yaml: "AllowedRegions",
    form: "list",
    summary:
      "The only regions that may serve calls, such as us-*,eu-west-1; inference profiles that lead elsewhere are refused.",
    fallback: "",
    isReloadable: true,
    read: patterns,
  },
};

function readWeights(value: string): ReadonlyMap<string, number> {
  const entries = list(value).map((entry) => entry.split("=").map((part) => part.trim()));
  const found = new Map<string, number>();
  for (const [provider = "", share = "", ...more] of entries) {
    const weight = /^\d{1,9}(?:\.\d{1,9})?$/.test(share) ? Number(share) : Number.NaN;
    if (!providerNames.includes(provider) || more.length > 0 || !(weight >= 0)) {
      throw new Error(
        `must give numbers from 0 to some of ${providerNames.join(", ")}: openai=0.9,bedrock=0.1`,
      );
    }
    if (found.has(provider)) throw new Error(`names ${provider} twice`);
    found.set(provider, weight);
  }
  if ([...found.values()].some((weight) => weight > 0)) return found;
  throw new Error("must give a number above 0 to at least one provider");
}
