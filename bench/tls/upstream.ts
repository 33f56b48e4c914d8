// The stand-in for Bedrock over TLS: HTTP/2 or HTTP/1.1, whichever the client negotiates.
import { createSecureServer, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { answerQuestions, reportReady } from "../ipc.ts";
import { streamStart, tokenFrame, wholeAnswer } from "../wire/bedrock-answer.ts";
import type { Certificate } from "./certificate.ts";

/** What it answers besides calls. */
export type TlsUpstreamMethods = {
  /** How many connections were opened since it was asked last. */
  connections(): number;
};

/** Milliseconds between two frames of one stream. */
const tokenIntervalMs = 20;

const { key, cert } = JSON.parse(process.env.CERTIFICATE ?? "{}") as Certificate;
let opened = 0;

const server = createSecureServer(
  { key, cert, allowHTTP1: true, settings: { maxConcurrentStreams: 1000 } },
  (request, response) => {
    const answer = response as Http2ServerResponse;
    request.resume().once("end", () => {
      if (request.url.endsWith("-stream")) sendStream(answer);
      else sendWhole(answer);
    });
  },
);
server.on("secureConnection", () => {
  opened += 1;
});
server.listen(0, "127.0.0.1", 4096, () => {
  answerQuestions({
    connections() {
      const count = opened;
      opened = 0;
      return count;
    },
  });
  reportReady((server.address() as AddressInfo).port);
});

const requestId = "00000000-0000-4000-8000-000000000000";

function sendWhole(response: Http2ServerResponse): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": wholeAnswer.length,
    "x-amzn-requestid": requestId,
    "x-amzn-bedrock-input-token-count": 52,
    "x-amzn-bedrock-output-token-count": 100,
  });
  response.end(wholeAnswer);
}

function sendStream(response: Http2ServerResponse): void {
  response.writeHead(200, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-requestid": requestId,
  });
  response.write(streamStart);
  let sent = 0;
  let pacer: NodeJS.Timeout | undefined;
  // Streams that were opened together do not write together: models take their own time.
  const starter = setTimeout(() => {
    pacer = setInterval(() => response.write(tokenFrame(sent++)), tokenIntervalMs);
  }, Math.random() * tokenIntervalMs);
  response.once("close", () => {
    clearTimeout(starter);
    clearInterval(pacer);
  });
}
