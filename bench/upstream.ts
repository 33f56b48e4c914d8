// A Bedrock Runtime that spends as little as possible: fixed bytes over HTTP/1.1, signatures unread.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerQuestions, reportReady } from "./ipc.ts";
import { streamEnd, streamStart, tokenFrame, wholeAnswer } from "./wire/bedrock-answer.ts";

/**
 * How streams are sent from now on: `burst`, whole and at once; `paced`, token by token until `release`; `held`, one
 * token and then nothing until `release`.
 */
export type Pace =
  | { readonly kind: "burst"; readonly tokens: number }
  | { readonly kind: "paced"; readonly intervalMs: number }
  | { readonly kind: "held" };

/** What the stand-in answers. */
export type UpstreamMethods = {
  pace(pace: Pace): void;
  /** Ends all open streams properly. */
  release(): void;
};

/** A stream that nobody releases ends by itself. */
const longestStreamMs = 60_000;

const requestId = "00000000-0000-4000-8000-000000000000";
const openStreams = new Set<() => void>();
let sendStream: (response: ServerResponse) => void = burst(1);

const methods: UpstreamMethods = {
  pace(pace) {
    if (pace.kind === "burst") sendStream = burst(pace.tokens);
    else sendStream = tokenByToken(pace.kind === "paced" ? pace.intervalMs : undefined);
  },
  release() {
    for (const finish of openStreams) finish();
  },
};

const server = createServer((request, response) => {
  const isStream = request.url?.endsWith("-stream");
  request.resume().once("end", () => (isStream ? startStream(response) : sendWhole(response)));
});
server.keepAliveTimeout = longestStreamMs;
server.listen(0, "127.0.0.1", 4096, () => {
  answerQuestions(methods);
  reportReady((server.address() as AddressInfo).port);
});

function sendWhole(response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": wholeAnswer.length,
    "x-amzn-requestid": requestId,
    "x-amzn-bedrock-invocation-latency": 1234,
    "x-amzn-bedrock-input-token-count": 52,
    "x-amzn-bedrock-output-token-count": 100,
  });
  response.end(wholeAnswer);
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-bedrock-content-type": "application/json",
    "x-amzn-requestid": requestId,
  });
  sendStream(response);
}

function burst(tokens: number) {
  const frames = Array.from({ length: tokens }, (_, position) => tokenFrame(position));
  const whole = Buffer.concat([streamStart, ...frames, streamEnd(tokens)]);
  return (response: ServerResponse) => void response.end(whole);
}

function tokenByToken(intervalMs: number | undefined) {
  return (response: ServerResponse) => {
    let sent = 1;
    response.write(Buffer.concat([streamStart, tokenFrame(0)]));
    const tick = () => response.write(tokenFrame(sent++));
    const pacer = intervalMs === undefined ? undefined : setInterval(tick, intervalMs);
    const stop = () => {
      clearInterval(pacer);
      clearTimeout(overdue);
      openStreams.delete(finish);
    };
    const finish = () => {
      stop();
      response.end(streamEnd(sent));
    };
    const overdue = setTimeout(finish, longestStreamMs);
    openStreams.add(finish);
    response.once("close", stop);
  };
}
