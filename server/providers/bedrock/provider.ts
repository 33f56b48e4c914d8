import {
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type ResponseStream,
} from "@aws-sdk/client-bedrock-runtime";
import type { Attempt } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import { untilFirst } from "../../core/events.ts";
import type { Provider } from "../../core/provider.ts";
import type { CompletionEvent, Reply } from "../../core/reply.ts";
import { abortError, type LinkedAbort, linkAbort } from "../../core/signals.ts";
import { type BedrockClientOptions, createBedrockClient } from "./client.ts";
import { anthropic } from "./codecs/anthropic.ts";
import type { Codec, StreamDecoder } from "./codecs/codec.ts";
import { fromSdkError, malformed } from "./errors.ts";
import { rememberResponseHeaders } from "./response-headers.ts";
import { countsFromHeaders } from "./usage.ts";

const codecs: ReadonlyMap<string, Codec> = new Map(
  [anthropic].map((codec) => [codec.family, codec]),
);

/** The model families whose bodies this provider can write. */
export const bedrockFamilies: ReadonlySet<string> = new Set(codecs.keys());

/** AWS Bedrock in one region, over InvokeModel and InvokeModelWithResponseStream. */
export function createBedrockProvider(options: BedrockClientOptions): Provider {
  const client = createBedrockClient(options);
  const headersOf = rememberResponseHeaders(client);

  async function unary(attempt: Attempt, codec: Codec): Promise<Reply> {
    const command = new InvokeModelCommand(inputOf(attempt, codec));
    const answer = await send(() => client.send(command, { abortSignal: attempt.signal }), attempt);
    const counts = countsFromHeaders(headersOf(answer.$metadata));
    const providerRequestId = answer.$metadata.requestId;
    const body = parse(answer.body, providerRequestId);
    return {
      endpoint: attempt.endpoint,
      hops: [],
      providerRequestId,
      events: listed(codec.decode(body, attempt, counts)),
    };
  }

  async function stream(attempt: Attempt, codec: Codec): Promise<Reply> {
    const command = new InvokeModelWithResponseStreamCommand(inputOf(attempt, codec));
    // Leaving the SDK's stream does not stop the model; only an abort does.
    const link = linkAbort(attempt.signal);
    try {
      const answer = await send(() => client.send(command, { abortSignal: link.signal }), link);
      const providerRequestId = answer.$metadata.requestId;
      if (!answer.body) throw malformed("The provider sent no stream.", { providerRequestId });
      const decoder = codec.decodeStream(attempt);
      const events = await untilFirst(decode(answer.body, decoder, link, providerRequestId));
      if (!events) throw malformed("The stream had no events.", { providerRequestId });
      return { endpoint: attempt.endpoint, hops: [], providerRequestId, events };
    } catch (error) {
      link.abort(GatewayError.cancelled());
      link.release();
      throw error;
    }
  }

  return {
    name: "bedrock",
    async complete(attempt) {
      const codec = codecs.get(attempt.endpoint.family);
      if (!codec) throw new Error(`no codec for the family ${attempt.endpoint.family}`);
      return attempt.delivery === "unary" ? unary(attempt, codec) : stream(attempt, codec);
    },
    close: () => client.destroy(),
  };
}

function inputOf({ request, endpoint }: Attempt, codec: Codec) {
  return {
    modelId: endpoint.model,
    contentType: "application/json",
    accept: "application/json",
    body: codec.encode(request, endpoint),
  };
}

/** An abort is the caller's or the deadline's doing, whatever shape the SDK gives it. */
async function send<T>(request: () => Promise<T>, { signal }: { signal: AbortSignal }): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw signal.aborted ? abortError(signal) : fromSdkError(error);
  }
}

/**
 * The events of a stream. Checks that the terminal event came: the SDK calls a stream that stops early a good one.
 * Leaving before the end aborts the request, which is the only way to stop the model and its bill.
 */
async function* decode(
  body: AsyncIterable<ResponseStream>,
  decoder: StreamDecoder,
  link: LinkedAbort,
  providerRequestId: string | undefined,
): AsyncGenerator<CompletionEvent, void, undefined> {
  const frames = body[Symbol.asyncIterator]();
  let whole = false;
  try {
    while (!whole) {
      const frame = await frames.next();
      if (frame.done) throw malformed("The stream ended before the answer was whole.");
      const bytes = frame.value.chunk?.bytes;
      if (!bytes) continue;
      for (const event of decoder.push(parse(bytes))) {
        whole = event.case === "completed";
        yield event;
      }
    }
  } catch (error) {
    if (link.signal.aborted) throw abortError(link.signal);
    throw fromSdkError(error, { usage: decoder.usageSoFar(), providerRequestId });
  } finally {
    if (whole) void readToEnd(frames, link);
    else {
      link.abort(GatewayError.cancelled());
      link.release();
    }
  }
}

/** How long the end of a stream may take after its terminal event before its connection is given up. */
const endOfStreamMs = 1000;

/** A connection can only be used again when its stream was read to the end; nobody waits for that. */
async function readToEnd(frames: AsyncIterator<ResponseStream>, link: LinkedAbort): Promise<void> {
  const overdue = setTimeout(() => link.abort(GatewayError.cancelled()), endOfStreamMs).unref();
  try {
    while (!(await frames.next()).done);
  } catch {
    // The answer is whole; how its connection ends is of no consequence.
  } finally {
    clearTimeout(overdue);
    link.release();
  }
}

const utf8 = new TextDecoder();

/** The parser's own message quotes what it could not read, so it goes nowhere. */
function parse(bytes: Uint8Array, providerRequestId?: string): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw malformed("The provider's answer is not JSON.", { providerRequestId });
  }
}

async function* listed(
  events: readonly CompletionEvent[],
): AsyncGenerator<CompletionEvent, void, undefined> {
  yield* events;
}
