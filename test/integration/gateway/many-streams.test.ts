import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type Completed,
  CompleteRequestSchema,
  CompleteStreamResponseSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

const licenseKey = "many-streams-license-key";
const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const streams = isLong ? 1000 : 200;
const tokensPerSecond = isLong ? 10 : 50;
const tokens = isLong ? 600 : 100;
/** What the issue of a gateway for small machines allows 1,000 streams. */
const mostResidentBytes = 350 * 2 ** 20;
/** Streams on one connection, as a service's own connection would carry them. */
const streamsPerConnection = 250;

const emulatorMain = fileURLToPath(new URL("../../../emulator/main.ts", import.meta.url));
const path = "/axonflow.gateway.v1.CompletionService/CompleteStream";

describe(`${streams} streams at once, ${tokens} tokens each, ${tokensPerSecond} a second`, () => {
  let emulator: ChildProcessWithoutNullStreams;
  let gateway: GatewayProcess;
  before(async () => {
    const pace = ["--tokens-per-second", String(tokensPerSecond)];
    emulator = spawn(process.execPath, [emulatorMain, "--port", "0", ...pace]);
    const line = await Promise.race([
      once(createInterface({ input: emulator.stdout }), "line"),
      once(emulator, "exit").then(() => assert.fail("the emulator did not start")),
    ]);
    gateway = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: `test=${licenseKey}`,
      LLM_BEDROCK_REGION: "us-east-1",
      LLM_BEDROCK_ENDPOINT_URL: String(line).split(" ").at(-1) ?? "",
    });
  });
  after(async () => {
    gateway.child.kill("SIGKILL");
    emulator.kill("SIGKILL");
    await gateway.exited;
  });

  it("all end well, each with every word and its exact usage, in bounded memory", async (t) => {
    const sessions = Array.from({ length: Math.ceil(streams / streamsPerConnection) }, () =>
      connect(gateway.grpcUrl),
    );
    const answers = Array.from({ length: streams }, (_, at) =>
      readStream(sessions[at % sessions.length] as ClientHttp2Session),
    );
    const allEnded = Promise.all(answers);
    let peakBytes = 0;
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, gateway.residentBytes());
    }, 250);
    const ended = await allEnded;
    clearInterval(watch);
    for (const session of sessions) session.close();

    for (const { words, completed, status } of ended) {
      assert.equal(status, "0");
      assert.equal(words, tokens);
      assert.equal(completed?.usage?.outputTokens, tokens);
      assert.equal(completed?.usage?.inputTokens, ended[0]?.completed?.usage?.inputTokens);
      assert.equal(completed?.usage?.source, UsageSource.REPORTED);
    }
    t.diagnostic(`peak resident memory ${Math.round(peakBytes / 2 ** 20)} MiB`);
    assert.ok(peakBytes < mostResidentBytes, `${Math.round(peakBytes / 2 ** 20)} MiB`);
  });
});

interface Ended {
  readonly words: number;
  readonly completed: Completed | undefined;
  /** The gRPC status of the trailers. */
  readonly status: unknown;
}

/** Reads one stream to its end and counts its words. */
async function readStream(session: ClientHttp2Session): Promise<Ended> {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    authorization: `Bearer ${licenseKey}`,
  });
  let status: unknown;
  stream.on("trailers", (trailers) => {
    status = trailers["grpc-status"];
  });
  const request = create(CompleteRequestSchema, { prompt: `Write ${tokens} words.` });
  stream.end(envelope(toBinary(CompleteRequestSchema, request)));
  let rest: Buffer = Buffer.alloc(0);
  let text = "";
  let completed: Completed | undefined;
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      const { event } = fromBinary(CompleteStreamResponseSchema, rest.subarray(5, end));
      rest = rest.subarray(end);
      if (event.case === "delta" && event.value.piece.case === "text") {
        text += event.value.piece.value;
      }
      if (event.case === "completed") completed = event.value;
    }
  }
  return { words: text.split(/\s+/).filter(Boolean).length, completed, status };
}

function envelope(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
