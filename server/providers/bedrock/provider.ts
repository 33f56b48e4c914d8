import type { Attempt, Endpoint } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import { listEvents, untilFirst } from "../../core/events.ts";
import type { Provider } from "../../core/provider.ts";
import type { Reply } from "../../core/reply.ts";
import { abortError, linkAbort } from "../../core/signals.ts";
import { traceHeaders } from "../../core/trace-headers.ts";
import { checkRequest } from "../check-request.ts";
import { coalesceDeltas } from "../coalesce-deltas.ts";
import { malformed } from "../codec-parts/malformed.ts";
import { createEnding } from "./answer-ending.ts";
import type { BedrockClientOptions } from "./client.ts";
import { chooseCodec } from "./codecs/choose-codec.ts";
import type { Codec } from "./codecs/codec.ts";
import { providerError } from "./errors.ts";
import { createDefaults, type ProviderDefaults } from "./provider-defaults.ts";
import { readStream } from "./read-stream.ts";
import { createLeanTransport } from "./transport/lean-transport.ts";
import { createSdkTransport } from "./transport/sdk-transport.ts";
import type { BedrockRequest } from "./transport/transport.ts";
import { countsFromHeaders } from "./usage.ts";

/** Where Bedrock is, how it is reached, and what the configuration asks of every call. */
export interface BedrockProviderOptions extends BedrockClientOptions, ProviderDefaults {
  /** Default: `lean`. */
  readonly transport?: "lean" | "sdk" | undefined;
}

/** AWS Bedrock in one region, over InvokeModel and Converse and their streams. */
export function createBedrockProvider(options: BedrockProviderOptions): Provider {
  const createTransport = options.transport === "sdk" ? createSdkTransport : createLeanTransport;
  const transport = createTransport(options);
  const withDefaults = createDefaults(options);

  async function unary(attempt: Attempt, codec: Codec): Promise<Reply> {
    const { endpoint, signal } = attempt;
    const request = requestOf(attempt, codec);
    const answer = await send(() => transport.whole(request, signal), endpoint, signal);
    const { headers, requestId: providerRequestId } = answer;
    const ending = createEnding(codec.api, headers);
    ending.see(answer.body);
    const decoded = decode(() => codec.decode(answer.body, attempt, countsFromHeaders(headers)), {
      providerRequestId,
    });
    const events = listEvents(coalesceDeltas(decoded.map(ending.settle)));
    return { endpoint, hops: [], providerRequestId, events };
  }

  async function stream(attempt: Attempt, codec: Codec): Promise<Reply> {
    const { endpoint } = attempt;
    // Leaving a stream does not stop the model; only an abort does.
    const link = linkAbort(attempt.signal);
    try {
      const request = requestOf(attempt, codec);
      const answer = await send(
        () => transport.stream(request, link.signal),
        endpoint,
        link.signal,
      );
      const { requestId: providerRequestId } = answer;
      const ending = createEnding(codec.api, answer.headers);
      const events = await untilFirst(
        readStream({ answer, decoder: codec.decodeStream(attempt), ending, endpoint, link }),
      );
      if (!events) throw malformed("The stream had no events.", { providerRequestId });
      return { endpoint, hops: [], providerRequestId, events };
    } catch (error) {
      link.abort(GatewayError.cancelled());
      link.release();
      throw error;
    }
  }

  return {
    name: "bedrock",
    async complete(attempt) {
      const { request, endpoint, delivery } = attempt;
      const codec = chooseCodec(endpoint.family, request);
      checkRequest(request, endpoint, codec.accepts);
      if (attempt.continued && !codec.continuation) {
        throw new Error(`${endpoint.model} cannot go on with a text of its own`);
      }
      const full: Attempt = { ...attempt, request: withDefaults(request, endpoint) };
      return delivery === "unary" ? unary(full, codec) : stream(full, codec);
    },
    close: () => transport.close(),
  };
}

function requestOf(attempt: Attempt, codec: Codec): BedrockRequest {
  const { request, endpoint, continued, context } = attempt;
  const { guardrail, serviceTier, latencyProfile } = request;
  return {
    api: codec.api,
    model: endpoint.model,
    body: codec.encode(request, endpoint, continued),
    options: { guardrail, serviceTier, latencyProfile },
    traceHeaders: traceHeaders(context),
  };
}

/** An abort is the caller's or the deadline's doing, whatever shape the transport gives it. */
async function send<T>(
  request: () => Promise<T>,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw signal.aborted ? abortError(signal) : providerError(error, { endpoint });
  }
}

function decode<T>(read: () => T, options: { providerRequestId: string | undefined }): T {
  try {
    return read();
  } catch (error) {
    throw providerError(error, options);
  }
}
