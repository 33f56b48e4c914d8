import type { Completion } from "../completion.ts";
import type { JsonObject } from "../json.ts";
import type { Prompt } from "../prompt.ts";

/**
 * One event of a streamed answer, in the family's own JSON: `token` events carry content, and the
 * one that is `last` gets the invocation metrics merged in.
 */
export interface ModelEvent {
  readonly phase: "opening" | "token" | "closing" | "last";
  readonly json: JsonObject;
}

/** Who answers: the foundation model id and an identifier that differs from call to call. */
export interface AnswerIdentity {
  readonly modelId: string;
  readonly identifier: string;
}

/**
 * A model family: how its requests are read and its answers are written. Framing, headers,
 * invocation metrics, pacing and faults are not its business.
 */
export interface Family {
  readonly name: string;
  /** Says whether a foundation model id, without geographic prefix, belongs to this family. */
  serves(modelId: string): boolean;
  /** Reads a request body (undefined = not JSON); throws the BedrockException AWS answers to a bad one. */
  readPrompt(body: unknown, modelId: string): Prompt;
  answerBody(completion: Completion, identity: AnswerIdentity): JsonObject;
  /** The stream's events; as many `token` events as the completion has tokens. */
  streamEvents(completion: Completion, identity: AnswerIdentity): Iterable<ModelEvent>;
}
