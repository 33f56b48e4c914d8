// A Bedrock Runtime, an OpenAI and a collector of spans that spend as little as possible: fixed bytes over HTTP/1.1, signatures unread.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerQuestions, reportReady } from "./ipc.ts";
import { type Dialect, dialectOf } from "./wire/dialects.ts";

/**
 * How streams are sent from now on: `burst`, whole and at once; `paced`, token by token until `release`; `held`, a few
 * tokens and then nothing until `release`.
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

/** Of a held stream: a gateway with policies keeps the last word or two back, and its caller is to have seen a token. */
const tokensBeforeHold = 8;

/** A stream that nobody releases ends by itself. */
const longestStreamMs = 60_000;

const openStreams = new Set<() => void>();
let sendStream: (response: ServerResponse, dialect: Dialect) => void = burst(1);

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
  const body: Buffer[] = [];
  request.on("data", (part: Buffer) => body.push(part));
  request.once("end", () => {
    if (request.url?.startsWith("/collector/")) return void response.end();
    const dialect = dialectOf(request.url ?? "");
    const isStream = dialect.isStream(request.url ?? "", Buffer.concat(body));
    if (isStream) startStream(response, dialect);
    else sendWhole(response, dialect);
  });
});
server.keepAliveTimeout = longestStreamMs;
server.listen(0, "127.0.0.1", 4096, () => {
  answerQuestions(methods);
  reportReady((server.address() as AddressInfo).port);
});

function sendWhole(response: ServerResponse, { whole, wholeHeaders }: Dialect): void {
  response.writeHead(200, { ...wholeHeaders, "content-length": whole.length });
  response.end(whole);
}

function startStream(response: ServerResponse, dialect: Dialect): void {
  response.writeHead(200, dialect.streamHeaders);
  sendStream(response, dialect);
}

function burst(tokens: number) {
  const streams = new Map<Dialect, Buffer>();
  return (response: ServerResponse, dialect: Dialect) => {
    const stream = streams.get(dialect) ?? dialect.burst(tokens);
    streams.set(dialect, stream);
    response.end(stream);
  };
}

function tokenByToken(intervalMs: number | undefined) {
  return (response: ServerResponse, { start, token, end }: Dialect) => {
    let sent = intervalMs === undefined ? tokensBeforeHold : 1;
    response.write(Buffer.concat([start, ...Array.from({ length: sent }, (_, at) => token(at))]));
    const tick = () => response.write(token(sent++));
    const pacer = intervalMs === undefined ? undefined : setInterval(tick, intervalMs);
    const stop = () => {
      clearInterval(pacer);
      clearTimeout(overdue);
      openStreams.delete(finish);
    };
    const finish = () => {
      stop();
      response.end(end(sent));
    };
    const overdue = setTimeout(finish, longestStreamMs);
    openStreams.add(finish);
    response.once("close", stop);
  };
}
