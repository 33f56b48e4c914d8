import type { JsonSchemaControl, ReasoningControl, RefusableField } from "./model-traits.ts";

/** What an operator says about a model: a change to the catalogue's own entry, or a new one. */
export interface ModelOverride {
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  /** Needed for an id that does not tell it, such as an application inference profile's ARN. */
  readonly family?: string | undefined;
  /** Decimal US dollars per million tokens; the first two come together. */
  readonly inputUsd?: string | undefined;
  readonly outputUsd?: string | undefined;
  readonly cacheReadUsd?: string | undefined;
  readonly cacheWriteUsd?: string | undefined;
  readonly cacheWrite1hUsd?: string | undefined;
  /** Decimal multiples of the price for service tiers: "0.5". */
  readonly flexFactor?: string | undefined;
  readonly priorityFactor?: string | undefined;
  readonly contextWindowTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly replacement?: string | undefined;
  readonly refuses?: readonly RefusableField[] | undefined;
  readonly reasoning?: ReasoningControl | undefined;
  readonly jsonSchema?: JsonSchemaControl | undefined;
}

/** Everything that the configuration says about models. */
export interface ModelOverrides {
  /** By id, ARN or catalogue name. */
  readonly models: ReadonlyMap<string, ModelOverride>;
  /** Further names, each for a model by any of its names; they win over the catalogue's own. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** An operator who says nothing. */
export const noOverrides: ModelOverrides = { models: new Map(), aliases: new Map() };
