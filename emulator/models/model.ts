/** The words in which InvokeModel speaks to a model; `converse` has none here. */
export type FamilyName =
  | "anthropic"
  | "llama"
  | "mistral-text"
  | "mistral-chat"
  | "titan"
  | "nova"
  | "converse";

/** What a model takes in beside text. */
export type Medium = "image" | "document" | "video" | "audio";

/** A foundation model as Bedrock offers it (bedrock-wire.md, sections 5.2 to 5.7). */
export interface Model {
  readonly id: string;
  readonly name: string;
  readonly family: FamilyName;
  /** The largest `max_tokens` it takes. */
  readonly maxOutputTokens: number;
  /** Geographic prefixes of its inference profiles. */
  readonly profiles: readonly string[];
  /** Whether it answers to its bare id. */
  readonly isOnDemand: boolean;
  /** Day of the end of its life, `YYYY-MM-DD`; the last day it could have been where the day is not known. */
  readonly endOfLife?: string;
  /** Whether it is LEGACY although its end is to come. */
  readonly isLegacy?: boolean;
  readonly media: readonly Medium[];
  readonly hasTools: boolean;
  /** Models that reason whether asked to or not. */
  readonly alwaysReasons: boolean;
}

/** What a row of a table says beside the usual. */
export type ModelTraits = Partial<
  Pick<Model, "endOfLife" | "isLegacy" | "media" | "hasTools" | "alwaysReasons" | "family">
> & { readonly isProfileOnly?: boolean };

/** One row: id, name, largest output, prefixes of profiles in one text, and what is unusual. */
export type ModelRow = readonly [
  id: string,
  name: string,
  maxOutputTokens: number,
  profiles: string,
  traits?: ModelTraits,
];

/** Makes models of a maker's rows; `usual` holds for all of them unless a row says otherwise. */
export function readModelRows(
  usual: ModelTraits & Pick<Model, "family">,
  rows: readonly ModelRow[],
): readonly Model[] {
  return rows.map(([id, name, maxOutputTokens, profiles, traits]) => {
    const { isProfileOnly = false, ...rest } = { ...usual, ...traits };
    return {
      media: [],
      hasTools: true,
      alwaysReasons: false,
      ...rest,
      id,
      name,
      maxOutputTokens,
      profiles: profiles === "" ? [] : profiles.split(" "),
      isOnDemand: !isProfileOnly,
    };
  });
}
