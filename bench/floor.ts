// The floor: the same two calls with nothing but Node's own HTTP/2 server, framing by hand and a lean upstream call.
// No licence key, no limits, no deadline, no telemetry, no error but a crash: what a gateway cannot go below by much.
import type { IncomingMessage } from "node:http";
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { model } from "./answers.ts";
import { reportReady } from "./ipc.ts";
import { createEnvelopeReader } from "./wire/envelope.ts";
import { createChunkReader } from "./wire/event-stream.ts";
import {
  completedEvent,
  completeResponse,
  deltaEvent,
  startedEvent,
} from "./wire/floor-messages.ts";
import { createLeanBedrock } from "./wire/lean-bedrock.ts";
import { textOf } from "./wire/protobuf.ts";

const origin = { model, provider: "bedrock", region: "us-east-1" };
const bedrock = createLeanBedrock(Number(process.argv[2]));

const server = createServer();
server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  const isStream = headers[":path"]?.endsWith("/CompleteStream");
  const read = createEnvelopeReader((message) => {
    const body = anthropicBody(textOf(message, 1));
    if (isStream) {
      bedrock.ask(body, "invoke-with-response-stream", (answer) => pass(answer, stream));
    } else {
      bedrock.ask(body, "invoke", (answer) => sendWhole(answer, stream));
    }
  });
  stream.on("data", read);
});
server.listen(0, "127.0.0.1", 4096, () => reportReady((server.address() as AddressInfo).port));

function anthropicBody(prompt: string): string {
  return JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 4096,
    messages: [{ role: "user", content: [{ type: "text", text: prompt }] }],
  });
}

function beginAnswer(stream: ServerHttp2Stream): void {
  stream.respond(
    { ":status": 200, "content-type": "application/grpc+proto" },
    { waitForTrailers: true },
  );
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
}

interface WholeBody {
  readonly content: readonly { readonly text: string }[];
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

function sendWhole(answer: IncomingMessage, stream: ServerHttp2Stream): void {
  const parts: Buffer[] = [];
  answer.on("data", (part: Buffer) => parts.push(part));
  answer.once("end", () => {
    const { content, usage } = JSON.parse(Buffer.concat(parts).toString()) as WholeBody;
    const counts = { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
    beginAnswer(stream);
    stream.end(completeResponse(content[0]?.text ?? "", counts, origin));
  });
}

interface StreamEvent {
  readonly type: string;
  readonly delta?: { readonly text?: string };
  readonly usage?: { readonly output_tokens: number };
  readonly message?: { readonly usage: { readonly input_tokens: number } };
}

/** One message for every token; those that came in one read leave in one write. */
function pass(answer: IncomingMessage, stream: ServerHttp2Stream): void {
  const read = createChunkReader();
  const encode = createEventEncoder();
  beginAnswer(stream);
  answer.on("data", (part: Buffer) => {
    const messages = (read(part) as StreamEvent[]).flatMap(encode);
    const [first] = messages;
    if (!first) return;
    const hasRoom = stream.write(messages.length === 1 ? first : Buffer.concat(messages));
    if (hasRoom) return;
    answer.pause();
    stream.once("drain", () => answer.resume());
  });
  answer.once("end", () => stream.end());
}

function createEventEncoder(): (event: StreamEvent) => Buffer[] {
  let sequence = 0;
  let inputTokens = 0;
  let outputTokens = 0;
  return ({ type, delta, usage, message }) => {
    switch (type) {
      case "message_start":
        inputTokens = message?.usage.input_tokens ?? 0;
        return [];
      case "content_block_delta": {
        const piece = deltaEvent(sequence + 1, delta?.text ?? "");
        sequence += 1;
        return sequence === 1 ? [startedEvent(origin), piece] : [piece];
      }
      case "message_delta":
        outputTokens = usage?.output_tokens ?? 0;
        return [];
      case "message_stop":
        return [completedEvent(sequence + 1, { inputTokens, outputTokens }, origin)];
      default:
        return [];
    }
  };
}
