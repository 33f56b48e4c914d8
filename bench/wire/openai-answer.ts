import { answer, inputTokens, tokenAt } from "../answers.ts";

const head = { id: "chatcmpl-bench", created: 1_700_000_000, model: "gpt-4-turbo-2024-04-09" };

function usage(outputTokens: number) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}

/** The body of a Chat Completions answer. */
export const chatAnswer = Buffer.from(
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: answer, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: usage(100),
  }),
);

/** The events before a stream's first token. */
export const chatStart = chunk({ role: "assistant", content: "" });

/** The event of the token at a position, from 0. */
export function chatToken(position: number): Buffer {
  return chunk({ content: tokenAt(position) });
}

/** The events after a stream's last token. */
export function chatEnd(outputTokens: number): Buffer {
  return Buffer.concat([
    chunk({}, "stop"),
    event({ ...head, object: "chat.completion.chunk", choices: [], usage: usage(outputTokens) }),
    Buffer.from("data: [DONE]\n\n"),
  ]);
}

function chunk(delta: object, finishReason: string | null = null): Buffer {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
  return event({ ...head, object: "chat.completion.chunk", choices, usage: null });
}

function event(json: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(json)}\n\n`);
}
