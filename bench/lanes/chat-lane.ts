import { prompt } from "../answers.ts";
import type { Lane } from "./lane.ts";
import { createPost } from "./post.ts";

const path = "/v1/chat/completions";

interface ChatAnswer {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

interface ChatChunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly usage?: { readonly completion_tokens: number } | null;
}

/** What the peer is told about where to go, in its headers, and whom to ask there. */
export interface ChatLaneOptions {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

/** OpenAI's Chat Completions over HTTP/1.1 on kept connections: the API that the peer serves for every provider. */
export function createChatLane({ port, headers, model }: ChatLaneOptions): Lane {
  const { post, close } = createPost(port, { ...headers });
  const messages = [{ role: "user", content: prompt }];
  const wholeBody = Buffer.from(JSON.stringify({ model, messages }));
  const streamBody = Buffer.from(
    JSON.stringify({ model, messages, stream: true, stream_options: { include_usage: true } }),
  );
  return {
    async complete() {
      const parts: Buffer[] = [];
      await post(path, "application/json", wholeBody, (part) => parts.push(part));
      const { choices } = JSON.parse(Buffer.concat(parts).toString()) as ChatAnswer;
      return choices[0]?.message.content ?? "";
    },
    async stream(onToken) {
      let outputTokens = -1;
      let isDone = false;
      const read = createEventReader((data) => {
        if (data === "[DONE]") isDone = true;
        else {
          const { choices = [], usage } = JSON.parse(data) as ChatChunk;
          const text = choices[0]?.delta?.content;
          if (text) onToken(text);
          if (usage) outputTokens = usage.completion_tokens;
        }
      });
      await post(path, "application/json", streamBody, read);
      if (!isDone) throw new Error("the stream did not end well");
      return outputTokens;
    },
    close,
  };
}

/** Splits server-sent events of one `data` line each, wherever the reads were cut. */
function createEventReader(onData: (data: string) => void): (part: Buffer) => void {
  let held = "";
  return (part) => {
    const events = `${held}${part.toString("latin1")}`.split("\n\n");
    held = events.pop() ?? "";
    for (const event of events) onData(event.replace(/^data: /, ""));
  };
}
