import type { Attempt } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import { listEvents, untilFirst } from "../../core/events.ts";
import type { Provider } from "../../core/provider.ts";
import type { Reply } from "../../core/reply.ts";
import { abortError, linkAbort } from "../../core/signals.ts";
import { traceHeaders } from "../../core/trace-headers.ts";
import { coalesceDeltas } from "../coalesce-deltas.ts";
import { textAt } from "../codec-parts/json.ts";
import { malformed } from "../codec-parts/malformed.ts";
import { createHttpClient, type HttpResponse } from "../http/http-client.ts";
import { openAiAddress } from "./address.ts";
import { checkOpenAiRequest } from "./check-openai.ts";
import { decodeAnswer, decodeAnswerStream } from "./codec.ts";
import { encodeRequest } from "./encode-request.ts";
import { fromResponse, fromThrown } from "./errors.ts";
import { readJson } from "./read-json.ts";
import { readStream } from "./read-stream.ts";

/** The model families whose bodies this provider can write. */
export const openAiFamilies: ReadonlySet<string> = new Set(["openai"]);

/** Who pays, and where OpenAI is. */
export interface OpenAiProviderOptions {
  readonly apiKey: string;
  /** With its version, for example `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly organization?: string | undefined;
  readonly project?: string | undefined;
}

/** A whole answer is never longer, in bytes. */
const mostAnswerBytes = 64 * 1024 * 1024;

/** So much of a refusal is read, in bytes. */
const mostErrorBytes = 64 * 1024;

/** OpenAI over Chat Completions, whole and as server-sent events. Tries once: retries and failover are the pipeline's. */
export function createOpenAiProvider(options: OpenAiProviderOptions): Provider {
  const { origin, path } = openAiAddress(options.baseUrl);
  const headers = headersOf(options);
  const client = createHttpClient({ origin });

  async function send(attempt: Attempt, signal: AbortSignal): Promise<HttpResponse> {
    const { request, endpoint, delivery } = attempt;
    const body = encodeRequest(request, endpoint, delivery);
    const own = ["x-client-request-id", `${attempt.id}-${attempt.number}`];
    const trace = Object.entries(traceHeaders(attempt.context)).flat();
    const sent = { path, headers: [...headers, ...own, ...trace], body };
    const response = await client.send(sent, signal);
    if (response.status === 200) return response;
    throw fromResponse({ ...response, body: await errorBody(response) }, endpoint);
  }

  async function unary(attempt: Attempt): Promise<Reply> {
    const { endpoint, signal } = attempt;
    let providerRequestId: string | undefined;
    try {
      const response = await send(attempt, signal);
      providerRequestId = requestIdOf(response);
      const body = await response.body.whole(mostAnswerBytes);
      const events = coalesceDeltas(decodeAnswer(readJson(body.toString()), attempt));
      return { endpoint, hops: [], providerRequestId, events: listEvents(events) };
    } catch (error) {
      if (signal.aborted) throw abortError(signal);
      throw fromThrown(error, providerRequestId === undefined ? {} : { providerRequestId });
    }
  }

  async function stream(attempt: Attempt): Promise<Reply> {
    const { endpoint } = attempt;
    const link = linkAbort(attempt.signal);
    try {
      const response = await send(attempt, link.signal);
      const providerRequestId = requestIdOf(response);
      const decoder = decodeAnswerStream(attempt);
      const events = await untilFirst(
        readStream({ body: response.body, decoder, providerRequestId, link }),
      );
      if (!events) throw malformed("The stream had no events.", { providerRequestId });
      return { endpoint, hops: [], providerRequestId, events };
    } catch (error) {
      link.abort(GatewayError.cancelled());
      link.release();
      throw attempt.signal.aborted ? abortError(attempt.signal) : fromThrown(error);
    }
  }

  return {
    name: "openai",
    async complete(attempt) {
      checkOpenAiRequest(attempt.request, attempt.endpoint);
      return attempt.delivery === "unary" ? unary(attempt) : stream(attempt);
    },
    close: () => client.close(),
  };
}

/** Throws where a setting cannot travel in a header; the message does not repeat it. */
function headersOf({ apiKey, organization, project }: OpenAiProviderOptions): readonly string[] {
  const named = Object.entries({
    authorization: `Bearer ${apiKey}`,
    "content-type": "application/json",
    "user-agent": "axonflow-gateway",
    "openai-organization": organization,
    "openai-project": project,
  });
  return named.flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)?$/.test(value)) {
      throw new Error(
        `a setting of OpenAI cannot be sent as the header ${name}: it has spaces or other characters`,
      );
    }
    return [name, value];
  });
}

function requestIdOf({ headers }: HttpResponse): string | undefined {
  return textAt(headers["x-request-id"]);
}

/** Whatever the body is, the status has to be told. */
async function errorBody({ body }: HttpResponse): Promise<string> {
  try {
    return (await body.whole(mostErrorBytes)).toString();
  } catch {
    return "";
  }
}
