/** How long a cached prefix of a prompt lives. */
export type CacheTtl = "5m" | "1h";

/** A piece of a prompt's content, told apart by `kind`. */
export type PromptPart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "media";
      readonly medium: "image" | "document" | "video" | "audio";
      /** As the request says it: `image/png`, or `png` where the API has formats. */
      readonly mediaType: string;
      readonly bytes: number;
      readonly name?: string;
    }
  | {
      readonly kind: "tool-use";
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly kind: "tool-result";
      /** The id of the tool use that it answers. */
      readonly id: string;
      readonly text: string;
      readonly isError: boolean;
    }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "cache-point"; readonly ttl: CacheTtl };

/** One turn of a conversation. */
export interface PromptMessage {
  readonly role: "user" | "assistant";
  readonly parts: readonly PromptPart[];
}

/** A tool the model may use; its input's JSON schema is kept as it came. */
export interface PromptTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: unknown;
  /** Set when a cache point follows the tool. */
  readonly cacheTtl?: CacheTtl;
}

/** Whether a tool must be used, and which. */
export type ToolChoice =
  | { readonly kind: "auto" | "any" | "none"; readonly isParallel?: boolean }
  | { readonly kind: "tool"; readonly name: string };

/** A guardrail that the request asks for. */
export interface PromptGuardrail {
  readonly id: string;
  readonly version: string;
  readonly isTraced: boolean;
}

/** What every API's request comes down to. */
export interface Prompt {
  readonly system: readonly PromptPart[];
  readonly messages: readonly PromptMessage[];
  /** The largest number of tokens of the answer, reasoning included. */
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  /** Sampling parameters as received; they change nothing but the answer to "Which parameters?". */
  readonly sampling: Readonly<Record<string, number>>;
  /** What else arrived and is told there: service tier, effort, … */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  readonly tools?: readonly PromptTool[];
  readonly toolChoice?: ToolChoice;
  /** The JSON schema that the answer must fit. */
  readonly answerSchema?: unknown;
  /** Whether the model reasons before it answers. */
  readonly isReasoning?: boolean;
  readonly guardrail?: PromptGuardrail | undefined;
}

/** The text of some parts, joined. */
export function textOf(parts: readonly PromptPart[]): string {
  let text = "";
  for (const part of parts) if (part.kind === "text") text += part.text;
  return text;
}

/** A text as the only part of a message, of a system prompt; an empty one is no part at all. */
export function textParts(text: string): readonly PromptPart[] {
  return text === "" ? [] : [{ kind: "text", text }];
}

/** The question of a prompt: the text of its last user message. */
export function questionOf({ messages }: Pick<Prompt, "messages">): string {
  return textOf(messages.findLast(({ role }) => role === "user")?.parts ?? []);
}
