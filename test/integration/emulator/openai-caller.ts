import type { Emulator } from "../../../emulator/emulator.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are what is tested
type Json = any;

/** An answer of the emulator's OpenAI as it came. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

export const question = { role: "user", content: "What is the capital of France?" };

/** One user's message. */
export function says(content: unknown): { messages: object[] } {
  return { messages: [{ role: "user", content }] };
}

/** Asks Chat Completions, with Node's own fetch. */
export function complete(
  emulator: Pick<Emulator, "url">,
  body: object,
  key = "sk-emulator",
): Promise<HttpAnswer> {
  const asked = { model: "gpt-4-turbo", messages: [question], ...body };
  return send(emulator, "/v1/chat/completions", key, JSON.stringify(asked));
}

/** Any request; one with a body is a POST. */
export async function send(
  { url }: Pick<Emulator, "url">,
  path: string,
  key = "sk-emulator",
  body?: string,
): Promise<HttpAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return {
    status,
    headers,
    text,
    json: headers.get("content-type")?.includes("json") ? JSON.parse(text) : undefined,
  };
}

/** The chunks of a stream; fails unless it ends in `[DONE]`, with nothing behind it. */
export function chunksOf({ text }: HttpAnswer): Json[] {
  const events = text.split("\n\n");
  const [end, rest] = events.splice(-2);
  if (end !== "data: [DONE]" || rest !== "") throw new Error(`the stream ends in ${end}`);
  return events.map((event) => JSON.parse(event.replace(/^data: /, "")));
}
