import type { CallAddress } from "./call-address.ts";
import type { Completion } from "./completion.ts";
import type { ReceivedRequest, ReplyHead } from "./exchange.ts";
import type { FaultAction } from "./fault-rule.ts";
import type { JsonObject } from "./json.ts";
import type { Prompt } from "./prompt.ts";
import type { RandomNumber } from "./seeded-random.ts";

/**
 * One event of a streamed answer: `token` events carry content and are paced; a fault after more
 * tokens than there are strikes at the first event that is `closing` or `last`.
 */
export interface ModelEvent {
  readonly phase: "opening" | "token" | "closing" | "last";
  /** Its type, where the frame and not the JSON says it. */
  readonly name?: string;
  /** How many pieces of the completion it carries: 1 if not said for a `token` event, else 0. */
  readonly tokens?: number;
  readonly json: JsonObject;
}

/** What a writer turns into an API's own JSON. */
export interface Answer {
  readonly completion: Completion;
  /** The foundation model. */
  readonly modelId: string;
  /** 24 letters and digits that differ from call to call and repeat from run to run. */
  readonly identifier: string;
  /** Whole milliseconds since the call arrived, at least one. */
  elapsedMs(): number;
}

/** A whole answer: its body, and the headers beyond type, length and request id. */
export interface WholeAnswer {
  readonly json: JsonObject;
  readonly headers?: ReplyHead["headers"];
}

/** Writes a completion down in an API's own words; framing, pacing and faults are not its business. */
export interface AnswerWriter {
  whole(answer: Answer): WholeAnswer;
  /** The events carry every piece of the completion, and each is read only when it is due. */
  events(answer: Answer): Iterable<ModelEvent>;
  /** Headers of a stream beyond those that the framing has. */
  readonly streamHeaders?: ReplyHead["headers"];
}

/** What a request comes to: a prompt to be completed, or JSON that is answered as it is. */
export type Reading =
  | { readonly prompt: Prompt; readonly writer: AnswerWriter }
  | { readonly json: JsonObject };

/** How events and failures become the bytes of a stream. */
export interface Framing {
  readonly head: ReplyHead;
  encode(event: ModelEvent, random: RandomNumber): Buffer;
  /** A failure in the middle of a stream. */
  encodeRefusal(error: unknown): Buffer;
  /** A fault that is about bytes; `undefined` sends nothing before the stream ends. */
  encodeFault(action: FaultAction, address: CallAddress, random: RandomNumber): Buffer | undefined;
  /** Bytes after the last event of a sound stream. */
  readonly end?: Buffer;
}

/** A refusal as it leaves: status, headers and body. */
export interface Refusal extends ReplyHead {
  readonly body: Buffer;
}

/** The fault of a rule that names an exception. */
export type ExceptionAction = Extract<FaultAction, { readonly kind: "exception" }>;

/**
 * One API on the port. Whatever is thrown in a call becomes an answer through `refusal`, so every
 * API may have its own class of errors; what it does not know is its internal failure.
 */
export interface Api {
  /** Takes the request's address apart; `undefined` when the path is another API's. May throw. */
  parseAddress(request: ReceivedRequest): CallAddress | undefined;
  /** Lets a request pass or throws. */
  authenticate(request: ReceivedRequest): void;
  /** Reads the request; throws the refusal of a bad one. */
  read(request: ReceivedRequest, address: CallAddress): Reading;
  readonly framing: Framing;
  /** The name of the header with the request id, which every answer has. */
  readonly requestIdHeader: string;
  /** The error that a fault rule stands for here. */
  exception(action: ExceptionAction): Error;
  /** Says whether a thrown value is one of the API's own refusals; anything else is logged. */
  knows(error: unknown): boolean;
  /** What a thrown value looks like from outside. */
  refusal(error: unknown): Refusal;
}
