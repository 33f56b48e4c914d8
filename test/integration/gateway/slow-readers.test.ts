import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { CompleteRequestSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type EndlessUpstream, startEndlessUpstream } from "./endless-upstream.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const licenseKey = "slow-reader-license-key";
const streams = process.env.AXONFLOW_TEST_LENGTH === "long" ? 500 : 200;

/** What a stream that nobody reads may hold in the gateway: its sockets' and streams' buffers, and their garbage. */
const mostBytesPerStream = 1.5 * 2 ** 20;

const path = "/axonflow.gateway.v1.CompletionService/CompleteStream";
const message = toBinary(
  CompleteRequestSchema,
  create(CompleteRequestSchema, { prompt: "Never stop." }),
);

describe(`${streams} streams whose readers stop reading leave the gateway's memory bounded`, () => {
  let upstream: EndlessUpstream;
  let gateway: GatewayProcess;
  before(async () => {
    upstream = await startEndlessUpstream();
    gateway = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: upstream.url,
    });
  });
  after(async () => {
    gateway.child.kill("SIGKILL");
    await gateway.exited;
    await upstream.close();
  });

  for (const [door, open] of [
    ["gRPC", () => openGrpc(gateway.grpcUrl)],
    ["Connect", () => openHttp1(path, "application/connect+proto", envelope(message))],
    ["REST", () => openHttp1("/v1/complete", "application/json", restBody)],
  ] satisfies [string, () => () => void][]) {
    it(`on the ${door} door`, async (t) => {
      const before = gateway.residentBytes();
      const leave = open();
      try {
        await upstream.untilStalled(streams, () => fetch(`${gateway.httpUrl}/healthz`));
        const held = gateway.residentBytes() - before;
        t.diagnostic(`${door}: ${Math.round(held / streams / 1024)} KiB a stream`);
        assert.ok(held < streams * mostBytesPerStream, `${Math.round(held / 2 ** 20)} MiB held`);
      } finally {
        leave();
      }
      await upstream.untilLeft();
    });
  }

  /** Readers on one HTTP/2 connection whose streams are never read. */
  function openGrpc(url: string): () => void {
    const session = connectHttp2(url);
    session.on("error", () => {});
    for (let count = 0; count < streams; count++) {
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
        authorization: `Bearer ${licenseKey}`,
      });
      stream.on("error", () => {});
      stream.end(envelope(message));
      stream.pause();
    }
    return () => session.destroy();
  }

  /** Readers on connections of their own that are never read. */
  function openHttp1(target: string, contentType: string, body: Buffer): () => void {
    const head = [
      `POST ${target} HTTP/1.1`,
      "host: 127.0.0.1",
      `content-type: ${contentType}`,
      `content-length: ${body.length}`,
      `authorization: Bearer ${licenseKey}`,
    ];
    const request = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
    const sockets = Array.from({ length: streams }, () => {
      const socket = connect(Number(new URL(gateway.httpUrl).port), "127.0.0.1");
      socket.on("error", () => {});
      socket.write(request);
      return socket.pause();
    });
    return () => {
      for (const socket of sockets) socket.destroy();
    };
  }
});

const restBody = Buffer.from(JSON.stringify({ prompt: "Never stop.", stream: true }));

function envelope(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
