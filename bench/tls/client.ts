// Asks the stand-in through undici as the lean transport does, over the protocol that it is told, and counts nothing else.
import { type Dispatcher, Pool } from "undici";
import { model, prompt } from "../answers.ts";
import { answerQuestions, reportReady } from "../ipc.ts";
import { createChunkReader } from "../wire/event-stream.ts";

/** What to ask. */
export interface TlsJob {
  readonly calls: number;
  readonly concurrency: number;
}

/** What it answers. */
export type TlsClientMethods = {
  /** Whole answers; resolves when all are there. */
  complete(job: TlsJob): Promise<void>;
  /** Opens that many streams and leaves them open; resolves when each has had its first frame. */
  open(streams: number): Promise<void>;
  /** Frames that came so far. */
  frames(): number;
  /** Leaves the streams. */
  leave(): void;
};

const [port = "", protocol = "", cert = ""] = [
  process.argv[2],
  process.argv[3],
  process.env.CERTIFICATE_PEM,
];
const pool = new Pool(`https://127.0.0.1:${port}`, {
  allowH2: protocol === "h2",
  // HTTP/1.1 carries one call per connection; HTTP/2 as many as the server allows, over a few connections.
  connections: protocol === "h2" ? 4 : 4096,
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
  connect: { ca: cert },
  ...(protocol === "h2" && { h2Options: { maxConcurrentStreams: 100 } }),
});

const body = JSON.stringify({
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 4096,
  messages: [{ role: "user", content: [{ type: "text", text: prompt }] }],
});
const headers = [
  ...["content-type", "application/json", "accept", "application/json"],
  ...["x-amz-date", "20260101T000000Z", "x-amz-content-sha256", "0".repeat(64)],
  ...[
    "authorization",
    `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=accept;content-type;host;x-amz-content-sha256;x-amz-date, Signature=${"0".repeat(64)}`,
  ],
];
const path = `/model/${encodeURIComponent(model)}`;

let frames = 0;
const open = new Set<Dispatcher.DispatchController>();
const left = new Error("left");

answerQuestions({
  async complete({ calls, concurrency }: TlsJob) {
    let rest = calls;
    const work = async () => {
      while (rest-- > 0) await complete();
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  },
  async open(streams: number) {
    await Promise.all(Array.from({ length: streams }, stream));
  },
  frames: () => frames,
  leave() {
    for (const controller of open) controller.abort(left);
    open.clear();
  },
} satisfies TlsClientMethods);
reportReady(0);

function complete(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    pool.dispatch(
      { path: `${path}/invoke`, method: "POST", headers, body },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData: (_, part) => void parts.push(part),
        onResponseEnd: () => resolve(JSON.parse(Buffer.concat(parts).toString())),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}

function stream(): Promise<void> {
  return new Promise((resolve, reject) => {
    const read = createChunkReader();
    pool.dispatch(
      { path: `${path}/invoke-with-response-stream`, method: "POST", headers, body },
      {
        onRequestStart: (controller) => void open.add(controller),
        onResponseStart() {},
        onResponseData: (_, part) => {
          frames += read(part).length;
          resolve();
        },
        onResponseEnd: () => reject(new Error("the stream ended")),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}
