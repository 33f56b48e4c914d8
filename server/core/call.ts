import type { Context } from "@opentelemetry/api";
import type { CompleteRequest, HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { KeyGrants } from "./key-grants.ts";
import type { ModelTraits } from "./model-traits.ts";
import type { PriceList } from "./money.ts";
import type { Origin } from "./origin.ts";
import type { Spending } from "./spending.ts";

/** Who calls: the name of the licence key, never the key. */
export interface Principal {
  readonly name: string;
  /** Whom the key belongs to; absent where it says nothing of that. */
  readonly tenant?: string | undefined;
  /** What the key is known by, besides its name; absent where there is none. */
  readonly keyId?: string | undefined;
  /** What the key may do; absent where only what holds for all does. */
  readonly grants?: KeyGrants | undefined;
}

/** How the caller wants the answer, and so which of the provider's two methods is asked. */
export type Delivery = "unary" | "stream";

/** What an `idempotency-key` says: two calls of a principal are the same when both members are. */
export interface RepeatMark {
  readonly key: string;
  /** Of the request as it came (`fingerprintOf`), because what policies make of it may differ from call to call. */
  readonly fingerprint: string;
}

/** What was asked, by whom, and until when. Never mutated: a layer passes on a copy. */
export interface Call {
  /** The gateway's id of the call, a UUID. */
  readonly id: string;
  readonly principal: Principal;
  /** Where it came from; absent where no door was passed. */
  readonly origin?: Origin | undefined;
  /** Checked and normalised: `messages` holds the conversation, `prompt` is empty. */
  readonly request: CompleteRequest;
  readonly delivery: Delivery;
  /** When the request came, in milliseconds of `Clock.now`. */
  readonly arrivedMs: number;
  /** By which the caller repeats a request without being billed twice; absent when it sent no key. */
  readonly repeat?: RepeatMark | undefined;
  /** Aborts when nobody wants the answer any more; its reason is a `GatewayError`. */
  readonly signal: AbortSignal;
  /** When the answer is worthless, in milliseconds of `Clock.now`. */
  readonly deadlineMs: number;
  /** Travels explicitly: AsyncLocalStorage loses its context inside async generators. */
  readonly context: Context;
}

/** One place that can serve a call: a provider, a region and a model there. */
export interface Endpoint {
  readonly provider: string;
  readonly region: string;
  /** The model as the provider names it: an id, a profile id or an ARN. */
  readonly model: string;
  /** The model family that shapes bodies, for example `anthropic`. */
  readonly family: string;
  /** The most output tokens the model writes; absent when the catalogue does not know. */
  readonly maxOutputTokens?: number | undefined;
  /** The most tokens the model takes, prompt and answer together; absent when the catalogue does not know. */
  readonly contextTokens?: number | undefined;
  /** What is special about the model within its family. */
  readonly traits: ModelTraits;
  /** Absent when the catalogue has no price. */
  readonly prices?: PriceList | undefined;
  /** The ids by which the model can be called where its own id cannot; for error messages. */
  readonly profiles?: readonly string[] | undefined;
  /** The model to move to when this one is retired; for error messages. */
  readonly replacement?: string | undefined;
}

/** An endpoint's name in logs, metrics and the admin's hands: `provider/region/model`. */
export function endpointName({ provider, region, model }: Endpoint): string {
  return `${provider}/${region}/${model}`;
}

/** The endpoints that may serve a call, in the order in which they are asked. Never empty. */
export interface Route {
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
}

/** What a model must know to go on with an answer whose stream broke off. */
export interface Continued {
  /** The text of the answer that the caller already has. Never empty. */
  readonly text: string;
  /** How many tokens that took, as far as it is known. */
  readonly outputTokens: number;
  /** How many attempts were made for the call until now. */
  readonly attempts: number;
}

/** A call whose model alias has become an ordered list of endpoints with prices. */
export interface RoutedCall extends Call {
  readonly route: Route;
  /**
   * Present when only the rest of an answer is asked for: the model goes on right after this text, and the reply's text
   * is what follows it. The route then has endpoints that can do so only (`ModelTraits.continuation`).
   */
  readonly continued?: Continued | undefined;
  /** Whose money its attempts spend; absent where nobody counts. */
  readonly spending?: Spending | undefined;
}

/** One try at one endpoint. */
export interface Attempt extends RoutedCall {
  readonly endpoint: Endpoint;
  /** Which try of the whole call this is, from 1. */
  readonly number: number;
  readonly reason: HopReason;
  /** Until when the first event has to be there, so that others may still be asked; milliseconds of `Clock.now`. */
  readonly firstEventByMs?: number | undefined;
}
