/** One turn of a conversation, reduced to its text. */
export interface PromptMessage {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** What every model family's request comes down to. */
export interface Prompt {
  readonly system: string;
  readonly messages: readonly PromptMessage[];
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  /** Sampling parameters as received; they change nothing but the answer to "Which parameters?". */
  readonly sampling: Readonly<Record<string, number>>;
}
