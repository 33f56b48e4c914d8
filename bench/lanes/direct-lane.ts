import { model, prompt } from "../answers.ts";
import { createChunkReader } from "../wire/event-stream.ts";
import type { Lane } from "./lane.ts";
import { createPost } from "./post.ts";

const path = `/model/${encodeURIComponent(model)}`;
const requestJson = Buffer.from(
  JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 4096,
    messages: [{ role: "user", content: [{ type: "text", text: prompt }] }],
  }),
);

interface WholeBody {
  readonly content: readonly { readonly text: string }[];
}

interface StreamEvent {
  readonly type: string;
  readonly delta?: { readonly text?: string };
  readonly usage?: { readonly output_tokens: number };
}

/** Asks the stand-in itself, unsigned: what a call takes without a gateway. */
export function createDirectLane(port: number): Lane {
  const { post, close } = createPost(port);
  return {
    async complete() {
      const parts: Buffer[] = [];
      await post(`${path}/invoke`, "application/json", requestJson, (part) => parts.push(part));
      const { content } = JSON.parse(Buffer.concat(parts).toString()) as WholeBody;
      return content[0]?.text ?? "";
    },
    async stream(onToken) {
      let outputTokens = -1;
      const read = createChunkReader();
      const operation = `${path}/invoke-with-response-stream`;
      await post(operation, "application/json", requestJson, (part) => {
        for (const { type, delta, usage } of read(part) as StreamEvent[]) {
          if (type === "content_block_delta") onToken(delta?.text ?? "");
          if (type === "message_delta") outputTokens = usage?.output_tokens ?? -1;
        }
      });
      return outputTokens;
    },
    close,
  };
}
