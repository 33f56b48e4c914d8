// The stand-in for OpenAI: answers written once, so that what is measured is the client.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { reportReady } from "../ipc.ts";

/** How many words every answer has, and so how many chunks bring one. */
const tokensPerStream = 100;

/** Milliseconds between two chunks of one stream of the model `slow`. */
const tokenIntervalMs = 20;

const words = Array.from({ length: tokensPerStream }, (_, at) => ` word${at}`);
const head = {
  id: "chatcmpl-0000000000000000000000",
  created: 1_767_225_600,
  model: "gpt-4o-2024-08-06",
  service_tier: "default",
  system_fingerprint: "fp_0",
};
const usage = {
  prompt_tokens: 25,
  completion_tokens: tokensPerStream,
  total_tokens: 25 + tokensPerStream,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};
const event = (json: object) => `data: ${JSON.stringify(json)}\n\n`;
const chunk = (delta: object, reason: string | null) =>
  event({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
    usage: null,
    obfuscation: "a1B2c3D4",
  });
const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: words.join(""), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage,
  }),
);
const opening = chunk({ role: "assistant", content: "", refusal: null }, null);
const pieces = words.map((content) => chunk({ content }, null));
const ending = `${chunk({}, "stop")}${event({ ...head, object: "chat.completion.chunk", choices: [], usage })}data: [DONE]\n\n`;
const burst = Buffer.from([opening, ...pieces, ending].join(""));

const paced = (response: ServerResponse) => {
  response.write(opening);
  let sent = 0;
  let pacer: NodeJS.Timeout | undefined;
  // Streams that were opened together do not write together: models take their own time.
  const starter = setTimeout(() => {
    pacer = setInterval(() => response.write(pieces[sent++ % pieces.length]), tokenIntervalMs);
  }, Math.random() * tokenIntervalMs);
  response.once("close", () => {
    clearTimeout(starter);
    clearInterval(pacer);
  });
};
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  if (!body.includes('"stream":true')) {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": whole.length,
      "x-request-id": "req_0",
    });
    return void response.end(whole);
  }
  response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": "req_0" });
  if (body.includes('"model":"slow"')) paced(response);
  else response.end(burst);
});
server.listen(0, "127.0.0.1", 4096, () => reportReady((server.address() as AddressInfo).port));
