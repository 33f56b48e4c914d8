import type { AnswerWriter } from "../api.ts";
import type { Prompt } from "../prompt.ts";

/**
 * A model family as InvokeModel speaks it: how its requests are read and its answers are written.
 * Framing, headers, invocation metrics, pacing and faults are not its business.
 */
export interface Family extends AnswerWriter {
  readonly name: string;
  /** Says whether a foundation model id, without geographic prefix, belongs to this family. */
  serves(modelId: string): boolean;
  /** Reads a request body (undefined = not JSON); throws the BedrockException AWS answers to a bad one. */
  readPrompt(body: unknown, modelId: string): Prompt;
}
