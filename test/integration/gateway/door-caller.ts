/** What a test asks, in the fields that all doors know. */
export interface Question {
  readonly prompt: string;
  readonly model?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly stopSequences?: readonly string[];
  readonly temperature?: number;
}

/** How long, and until when. */
export interface AskOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Further headers, or metadata. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gets the headers of the answer, before its first piece. */
  readonly onHeader?: (headers: Headers) => void;
}

/** An answer in the terms that all doors share, so that they can be compared. */
export interface Answer {
  readonly text: string;
  readonly finishReason: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly model: string;
  readonly provider: string;
  readonly region: string;
  readonly requestId: string;
  readonly costNanoUsd: number | undefined;
  readonly hops: number;
  readonly replayOf: string;
}

/** What a stream brings: its start, pieces of text, and the summary with all of the text before it. */
export type Piece =
  | { readonly kind: "started"; readonly requestId: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "completed"; readonly answer: Answer };

/** An error in the terms that all doors share. */
export class CallError extends Error {
  readonly code: string;
  readonly reason: string;
  readonly requestId: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
  readonly retryAfterMs: number | undefined;
  /** Where the gateway says more about the reason; empty when it does not. */
  readonly help: string;

  constructor(facts: Omit<CallError, keyof Error>, message: string) {
    super(message);
    this.code = facts.code;
    this.reason = facts.reason;
    this.requestId = facts.requestId;
    this.metadata = facts.metadata;
    this.fields = facts.fields;
    this.retryAfterMs = facts.retryAfterMs;
    this.help = facts.help;
  }
}

/** One door, asked by a client of its kind. */
export interface DoorCaller {
  readonly name: string;
  complete(question: Question, options?: AskOptions): Promise<Answer>;
  stream(question: Question, options?: AskOptions): AsyncIterable<Piece>;
}

/** Reads a stream to its end: the text of its pieces put together, and its summary. */
export async function readStream(pieces: AsyncIterable<Piece>): Promise<Answer> {
  let text = "";
  let answer: Answer | undefined;
  for await (const piece of pieces) {
    if (piece.kind === "text") text += piece.text;
    if (piece.kind === "completed") answer = piece.answer;
  }
  if (!answer) throw new Error("the stream ended without a summary and without an error");
  return { ...answer, text };
}
