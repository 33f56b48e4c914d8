import {
  type Answer,
  type AskOptions,
  CallError,
  type DoorCaller,
  type Piece,
  type Question,
} from "./door-caller.ts";

type Json = { readonly [name: string]: unknown };

/** A caller of `POST /v1/complete` with Node's own fetch. */
export function createRestCaller(baseUrl: string, licenseKey: string): DoorCaller {
  const ask = async (question: Question, stream: boolean, options: AskOptions = {}) => {
    const { timeoutMs, signal, headers, onHeader } = options;
    const response = await fetch(`${baseUrl}/v1/complete`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(licenseKey && { authorization: `Bearer ${licenseKey}` }),
        ...(timeoutMs && { "x-request-timeout-ms": String(timeoutMs) }),
        ...headers,
      },
      body: JSON.stringify(restQuestion(question, stream)),
      ...(signal && { signal }),
    });
    onHeader?.(response.headers);
    return response;
  };
  return {
    name: "REST",
    async complete(question, options) {
      const response = await ask(question, false, options);
      const body = (await response.json()) as Json;
      if (!response.ok) throw callError(body);
      return answerOf(body);
    },
    async *stream(question, options) {
      const response = await ask(question, true, options);
      if (!response.ok) throw callError((await response.json()) as Json);
      if (!response.body) return;
      for await (const { name, data } of serverSentEvents(response.body)) {
        if (name === "error") throw callError(data);
        const piece = pieceOf(name, data);
        if (piece) yield piece;
      }
    },
  };
}

function restQuestion({ maxTokens, stopSequences, ...same }: Question, stream: boolean) {
  return {
    ...same,
    ...(maxTokens && { max_tokens: maxTokens }),
    ...(stopSequences && { stop_sequences: stopSequences }),
    ...(stream && { stream }),
  };
}

async function* serverSentEvents(body: AsyncIterable<Uint8Array>) {
  const decoder = new TextDecoder();
  let buffered = "";
  for await (const chunk of body) {
    buffered += decoder.decode(chunk, { stream: true });
    const events = buffered.split("\n\n");
    buffered = events.pop() ?? "";
    for (const event of events) {
      const [first = "", second = ""] = event.split("\n");
      const data = JSON.parse(second.replace(/^data: /, "")) as Json;
      yield { name: first.replace(/^event: /, ""), data };
    }
  }
}

function pieceOf(name: string, data: Json): Piece | undefined {
  if (name === "started") return { kind: "started", requestId: String(data.request_id) };
  if (name === "completed") return { kind: "completed", answer: answerOf(data) };
  return typeof data.text === "string" ? { kind: "text", text: data.text } : undefined;
}

function answerOf(body: Json): Answer {
  const tokens = body.tokens as { prompt: number; completion: number };
  return {
    text: typeof body.content === "string" ? body.content : "",
    finishReason: String(body.finish_reason),
    inputTokens: tokens.prompt,
    outputTokens: tokens.completion,
    model: String(body.model),
    provider: String(body.provider),
    region: String(body.region),
    requestId: String(body.request_id),
    costNanoUsd: body.cost_usd === null ? undefined : Math.round(Number(body.cost_usd) * 1e9),
    hops: (body.hops as unknown[]).length,
    replayOf: String(body.replay_of ?? ""),
  };
}

function callError(body: Json): CallError {
  const error = body.error as Json;
  const violations = (error.violations ?? []) as { field: string }[];
  return new CallError(
    {
      code: String(error.code),
      reason: String(error.reason),
      requestId: String(error.request_id),
      metadata: (error.metadata ?? {}) as Record<string, string>,
      fields: violations.map(({ field }) => field),
      retryAfterMs: typeof error.retry_after_ms === "number" ? error.retry_after_ms : undefined,
      help: String(error.help ?? ""),
    },
    String(error.message),
  );
}
