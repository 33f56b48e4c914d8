import type { Framing } from "../api.ts";
import type { FaultAction } from "../fault-rule.ts";
import { type RandomNumber, randomIdentifier } from "../seeded-random.ts";
import { plainEvent } from "./chat-writer.ts";
import { asOpenAiError, OpenAiError } from "./openai-error.ts";

const longestObfuscation = 24;

/** Chat Completions as a stream of server-sent events, without names, the last one `[DONE]`. */
export const sseFraming: Framing = {
  head: {
    status: 200,
    headers: { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache" },
  },
  encode({ name, json }, random) {
    if (name === plainEvent) return data(JSON.stringify(json));
    return data(JSON.stringify({ ...json, obfuscation: obfuscation(random) }));
  },
  encodeRefusal: (error) => data(JSON.stringify(asOpenAiError(error).json)),
  encodeFault,
  end: data("[DONE]"),
};

function data(text: string): Buffer {
  return Buffer.from(`data: ${text}\n\n`);
}

/** Random text of random length, so that the lengths of events tell nothing about their words. */
function obfuscation(random: RandomNumber): string {
  return randomIdentifier(random, 1 + Math.floor(random() * longestObfuscation));
}

/** Server-sent events have no checksum: a frame with a wrong one is an event whose JSON is broken. */
function encodeFault(action: FaultAction): Buffer | undefined {
  const chunk = '{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"con';
  switch (action.kind) {
    case "in-band-error": {
      const { errorType: type = "server_error", message = "The server had an error." } = action;
      return data(JSON.stringify({ error: { message, type, param: null, code: null } }));
    }
    case "error-frame": {
      const { code = "server_error", message = "The server had an error." } = action;
      const error = new OpenAiError({ status: 500, message, type: "server_error", code });
      return Buffer.from(`event: error\ndata: ${JSON.stringify(error.json)}\n\n`);
    }
    case "unknown-event-type":
      return Buffer.from(
        ': a comment\n\nevent: emulator.surprise\nid: 7\ndata: {"object":\ndata: "emulator.surprise"}\n\n',
      );
    case "truncated-frame":
      return Buffer.from(`data: ${chunk}`);
    case "bad-crc":
    case "broken-json-body":
      return data(chunk);
    default:
      return undefined;
  }
}
