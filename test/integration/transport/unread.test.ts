import assert from "node:assert/strict";
import { type ClientHttp2Session, connect } from "node:http2";
import { after, before, describe, it } from "node:test";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";

const complete = "/axonflow.gateway.v1.CompletionService/Complete";
const stream = "/axonflow.gateway.v1.CompletionService/CompleteStream";
const json = { "content-type": "application/json" };
const grpc = { "content-type": "application/grpc", te: "trailers" };

/** Many more than a connection may have at once, and much more than its window has room for. */
const calls = 200;
const unread = Buffer.alloc(100_000, "x");
/** `{}` in an envelope, and more than anybody asked for. */
const oneAndMore = Buffer.concat([Buffer.from("00000000027b7d", "hex"), unread]);

interface Refused {
  readonly what: string;
  readonly port: "grpcUrl" | "httpUrl";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const refusals: readonly Refused[] = [
  { what: "no key", port: "httpUrl", path: complete, headers: { ...json, authorization: "" } },
  { what: "no such path", port: "httpUrl", path: "/nowhere", headers: json },
  { what: "no such method", port: "httpUrl", path: `${complete}s`, headers: json },
  { what: "a wrong type", port: "httpUrl", path: complete, headers: { "content-type": "text/x" } },
  {
    what: "an unknown encoding",
    port: "httpUrl",
    path: complete,
    headers: { ...json, "content-encoding": "br" },
  },
  {
    what: "more than one message",
    port: "httpUrl",
    path: stream,
    headers: { "content-type": "application/connect+json" },
    body: oneAndMore,
  },
  { what: "no key", port: "httpUrl", path: complete, headers: { ...grpc, authorization: "" } },
  { what: "no key", port: "grpcUrl", path: complete, headers: { ...grpc, authorization: "" } },
  { what: "no such method", port: "grpcUrl", path: `${complete}s`, headers: grpc },
];

describe("a connection on which calls are refused before their messages are read", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({ AXONFLOW_MAX_STREAMS_PER_CONNECTION: "20" });
  });
  after(() => gateway.close());

  const ask = (
    session: ClientHttp2Session,
    { path, headers, body = unread }: Omit<Refused, "what" | "port">,
  ) =>
    new Promise<number | undefined>((resolve, reject) => {
      const authorization = `Bearer ${gateway.licenseKey}`;
      const call = session.request({ ":method": "POST", ":path": path, authorization, ...headers });
      let status: number | undefined;
      call.on("response", (head) => {
        status = head[":status"];
      });
      call.on("error", reject);
      call.on("close", () => resolve(status));
      call.resume().end(body);
    });

  for (const { what, port, ...refused } of refusals) {
    const by = `${refused.headers["content-type"]} on the ${port === "grpcUrl" ? "gRPC" : "HTTP"} port`;
    it(`serves others that share it: ${what}, ${by}`, async () => {
      // Node's client counts what it could not send any more for as long as the connection lives.
      const session = connect(gateway[port], { maxSessionMemory: 1000 });
      session.on("error", () => {});
      for (let called = 0; called < calls; called += 10) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => ask(session, refused)));
        assert.ok(
          answers.every((status) => status !== undefined),
          `after ${called} calls`,
        );
      }
      const headers = port === "grpcUrl" ? grpc : json;
      const message = Buffer.from('{"prompt":"Hi"}');
      const body = port === "grpcUrl" ? Buffer.from("00000000040a024869", "hex") : message;
      assert.equal(await ask(session, { path: complete, headers, body }), 200);
      session.close();
    });
  }
});
