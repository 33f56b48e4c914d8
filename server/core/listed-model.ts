/** A foundation model as the provider's own listing tells it. */
export interface ListedModel {
  /** Without a geography, for example `anthropic.claude-sonnet-4-5-20250929-v1:0`. */
  readonly id: string;
  /** For people, for example `Claude Sonnet 4.5`; the id where the provider gives none. */
  readonly name: string;
  /** The id's first segment, for example `anthropic`. */
  readonly maker: string;
  /** Whether it answers with text. Bedrock says so of rerankers too. */
  readonly isText: boolean;
  /** In the provider's words: `TEXT`, `IMAGE`, `VIDEO`, … */
  readonly inputModalities: readonly string[];
  readonly isStreaming: boolean;
  /** Whether its own id can be called. A model that has no profile either is sold as provisioned throughput only. */
  readonly onDemand: boolean;
  /** Whole ids of the inference profiles that serve it, for example `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. */
  readonly profiles: readonly string[];
  /** The regions that each of them may serve from, by its id, where the provider tells. */
  readonly profileRegions?: ReadonlyMap<string, readonly string[]>;
  readonly lifecycle: "active" | "legacy" | "unknown";
  /** The day, UTC, on which it became or becomes legacy: `2026-07-08`. */
  readonly legacyFrom?: string;
  /** The day, UTC, on which the provider stops serving it: `2027-01-08`. */
  readonly endOfLife?: string;
}
