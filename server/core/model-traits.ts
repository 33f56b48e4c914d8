/** A request field that some models refuse although others of their family take it, by its path in the contract. */
export type RefusableField =
  | "temperature"
  | "top_p"
  | "top_k"
  | "seed"
  | "stop_sequences"
  | "system"
  | "tools"
  | "tool_choice.any"
  | "tool_choice.tool_name"
  | "messages.image"
  | "messages.document"
  | "messages.cache_point"
  | "system_cache_point"
  | "response_format.json_schema"
  | "reasoning.none"
  | "reasoning.effort"
  | "reasoning.budget_tokens"
  | "latency_profile"
  | "service_tier";

/**
 * How a model is told to reason: by a token budget (Claude 3.7 to 4.6), by effort in words, by effort while it decides
 * alone how long (`adaptive`: newer Claude), or not at all because it always does.
 */
export type ReasoningControl = "budget" | "effort" | "adaptive" | "always";

/** How a model is made to answer in JSON of a schema: by a parameter of its own, or by a tool that it must use. */
export type JsonSchemaControl = "format" | "tool";

/**
 * How a model is made to go on with a text of its own: the text is appended to a raw prompt, or it is the conversation's
 * last message, the assistant's (`prefill`: Claude before 4.6).
 */
export type Continuation = "prompt" | "prefill";

/** What is special about a model within its family. */
export interface ModelTraits {
  /** Setting one of these is INVALID_ARGUMENT before anything is sent. */
  readonly refuses: ReadonlySet<RefusableField>;
  /** Absent: the model cannot be told. */
  readonly reasoning?: ReasoningControl | undefined;
  /** Absent: what the codec holds to be usual in its family. */
  readonly jsonSchema?: JsonSchemaControl | undefined;
  /** Absent: the model cannot. */
  readonly continuation?: Continuation | undefined;
}

/** A model that the catalogue knows nothing special about. */
export const ordinaryTraits: ModelTraits = { refuses: new Set() };
