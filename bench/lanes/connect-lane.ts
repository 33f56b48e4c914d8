import { model, prompt } from "../answers.ts";
import { createEnvelopeReader, encodeEnvelope } from "../wire/envelope.ts";
import { type Lane, licenseKey } from "./lane.ts";
import { createPost } from "./post.ts";

const service = "/axonflow.gateway.v1.CompletionService";
const requestJson = Buffer.from(JSON.stringify({ prompt, model }));
const requestEnvelope = encodeEnvelope(requestJson);

/** This flag marks the last envelope of a Connect stream, which says how it ended. */
const endFlag = 2;

interface StreamEvent {
  readonly delta?: { readonly text: string };
  readonly completed?: { readonly usage: { readonly outputTokens: number } };
}

/** The Connect protocol in JSON over HTTP/1.1. */
export function createConnectLane(port: number): Lane {
  const { post, close } = createPost(port, {
    authorization: `Bearer ${licenseKey}`,
    "connect-protocol-version": "1",
  });
  return {
    async complete() {
      const parts: Buffer[] = [];
      await post(`${service}/Complete`, "application/json", requestJson, (part) => {
        parts.push(part);
      });
      return (JSON.parse(Buffer.concat(parts).toString()) as { content: string }).content;
    },
    async stream(onToken) {
      let outputTokens = -1;
      let ended = false;
      const read = createEnvelopeReader((message, flags) => {
        const event = JSON.parse(message.toString()) as StreamEvent;
        if (flags & endFlag) ended = !("error" in event);
        if (event.delta) onToken(event.delta.text);
        if (event.completed) outputTokens = event.completed.usage.outputTokens;
      });
      await post(`${service}/CompleteStream`, "application/connect+json", requestEnvelope, read);
      if (!ended) throw new Error("the stream did not end well");
      return outputTokens;
    },
    close,
  };
}
