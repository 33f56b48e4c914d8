import type {
  Guardrail,
  LatencyProfile,
  ServiceTier,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";

/** Which of Bedrock's two ways of asking a model: its own body (InvokeModel), or the uniform one (Converse). */
export type BedrockApi = "invoke" | "converse";

/** One request to a model, its body already written. */
export interface BedrockRequest {
  readonly api: BedrockApi;
  /** A foundation model's id, a profile's id or an ARN. */
  readonly model: string;
  /** JSON as it travels. */
  readonly body: string;
  /** What travels beside the body of InvokeModel, in headers; a Converse body holds it itself. */
  readonly options: InvokeOptions;
  /** By which AWS could go on with the trace. They are sent and not signed, so that no proxy that touches them does harm. */
  readonly traceHeaders?: Readonly<Record<string, string>> | undefined;
}

/** The options of InvokeModel that are no part of the model's own body. */
export interface InvokeOptions {
  readonly guardrail?: Guardrail | undefined;
  readonly serviceTier?: ServiceTier | undefined;
  readonly latencyProfile?: LatencyProfile | undefined;
}

/** Response headers by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** What came back before the body. */
export interface AnswerHead {
  readonly headers: ResponseHeaders;
  /** Amazon's id of the request, for its support. */
  readonly requestId?: string | undefined;
}

/** A whole answer, its JSON read. */
export interface WholeAnswer extends AnswerHead {
  readonly body: unknown;
}

/** A streamed answer. */
export interface StreamedAnswer extends AnswerHead {
  /**
   * The events in order, one list for what came in one read, none of them empty. With InvokeModel an event is the
   * model's own JSON; with Converse it is `{[event type]: payload}`, for example `{contentBlockDelta: {…}}`.
   * Reading throws what the service reports and what is broken, after the events that came before it.
   */
  readonly batches: AsyncIterable<readonly unknown[]>;
}

/**
 * Carries requests to Bedrock in one region, signed. Both methods reject with what `errors.ts` can classify; an abort
 * of the signal ends the request at the provider within milliseconds.
 */
export interface Transport {
  whole(request: BedrockRequest, signal: AbortSignal): Promise<WholeAnswer>;
  stream(request: BedrockRequest, signal: AbortSignal): Promise<StreamedAnswer>;
  /** Gives connections back. */
  close(): void;
}
