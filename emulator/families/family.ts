import type { AnswerWriter } from "../api.ts";
import type { JsonObject } from "../json.ts";
import type { Model } from "../models/model.ts";
import type { Prompt } from "../prompt.ts";

/** What a family makes of a request body. */
export interface FamilyReading {
  readonly prompt: Prompt;
  readonly writer: AnswerWriter;
}

/**
 * A model family as InvokeModel speaks it: how its requests are read and its answers are written.
 * Framing, headers, invocation metrics, guardrails, pacing and faults are not its business.
 */
export interface Family {
  /** Reads a request body; throws the BedrockException AWS answers to a bad one. */
  read(body: JsonObject, model: Model): FamilyReading;
}
