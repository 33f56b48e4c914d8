import { streamEnd, streamStart, tokenFrame, wholeAnswer } from "./bedrock-answer.ts";
import { converseAnswer, converseEnd, converseStart, converseToken } from "./converse-answer.ts";
import { chatAnswer, chatEnd, chatStart, chatToken } from "./openai-answer.ts";

type Headers = Readonly<Record<string, string | number>>;

/** One API of the stand-in: the same words in the bytes of one provider. */
export interface Dialect {
  readonly whole: Buffer;
  readonly wholeHeaders: Headers;
  readonly streamHeaders: Headers;
  /** What comes before the first token. */
  readonly start: Buffer;
  readonly token: (position: number) => Buffer;
  readonly end: (outputTokens: number) => Buffer;
  /** A whole stream. */
  burst(tokens: number): Buffer;
  isStream(url: string, body: Buffer): boolean;
}

const requestId = { "x-amzn-requestid": "00000000-0000-4000-8000-000000000000" };
const eventStream = { ...requestId, "content-type": "application/vnd.amazon.eventstream" };

const invoke = dialect({
  whole: wholeAnswer,
  wholeHeaders: {
    "content-type": "application/json",
    ...requestId,
    "x-amzn-bedrock-invocation-latency": 1234,
    "x-amzn-bedrock-input-token-count": 52,
    "x-amzn-bedrock-output-token-count": 100,
  },
  streamHeaders: { ...eventStream, "x-amzn-bedrock-content-type": "application/json" },
  start: streamStart,
  token: tokenFrame,
  end: streamEnd,
  isStream: (url) => url.endsWith("-stream"),
});

const converse = dialect({
  whole: converseAnswer,
  wholeHeaders: { "content-type": "application/json", ...requestId },
  streamHeaders: eventStream,
  start: converseStart,
  token: converseToken,
  end: converseEnd,
  isStream: (url) => url.endsWith("-stream"),
});

const chat = dialect({
  whole: chatAnswer,
  wholeHeaders: { "content-type": "application/json", "x-request-id": "req_bench" },
  streamHeaders: {
    "content-type": "text/event-stream; charset=utf-8",
    "x-request-id": "req_bench",
  },
  start: chatStart,
  token: chatToken,
  end: chatEnd,
  isStream: (_, body) => body.includes('"stream":true'),
});

/** Which API a path belongs to. */
export function dialectOf(url: string): Dialect {
  if (url.endsWith("/chat/completions")) return chat;
  return url.includes("/converse") ? converse : invoke;
}

function dialect(parts: Omit<Dialect, "burst">): Dialect {
  const { start, token, end } = parts;
  return {
    ...parts,
    burst(tokens) {
      const frames = Array.from({ length: tokens }, (_, position) => token(position));
      return Buffer.concat([start, ...frames, end(tokens)]);
    },
  };
}
