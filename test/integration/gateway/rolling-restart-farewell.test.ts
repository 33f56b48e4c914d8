import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  flags,
  frame,
  frameTypes,
  headerBlock,
  preface,
  settings,
} from "../transport/http2-frames.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

/** Long enough for what a test does meanwhile. */
const drainMs = 10_000;

/** A unary call in protobuf, `prompt` (field 17 of the message, that is 0x0a of its first byte) apart from its frame. */
const message = Buffer.concat([
  Buffer.from("00000000100a0e", "hex"),
  Buffer.from("Write 5 words."),
]);

interface Frame {
  readonly type: number;
  readonly flag: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A connection of HTTP/2 of which a test sees and writes every frame itself. */
async function connectByHand(url: string) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(Buffer.concat([preface, settings(), frame("settings", { flag: flags.ack })]));
  let unread = Buffer.alloc(0);
  async function* frames(): AsyncGenerator<Frame> {
    for await (const bytes of socket) {
      unread = Buffer.concat([unread, bytes]);
      while (unread.length >= 9 && unread.length >= 9 + unread.readUIntBE(0, 3)) {
        const end = 9 + unread.readUIntBE(0, 3);
        const [type, flag, stream] = [unread[3] ?? 0, unread[4] ?? 0, unread.readUInt32BE(5)];
        const payload = unread.subarray(9, end);
        unread = unread.subarray(end);
        yield { type, flag, stream, payload };
      }
    }
  }
  return { socket, frames: frames() };
}

function callFrames(stream: number, licenseKey: string): Buffer {
  const payload = headerBlock({
    ":method": "POST",
    ":scheme": "http",
    ":path": "/axonflow.gateway.v1.CompletionService/Complete",
    ":authority": "gateway",
    "content-type": "application/grpc",
    te: "trailers",
    authorization: `Bearer ${licenseKey}`,
  });
  return Buffer.concat([
    frame("headers", { stream, flag: flags.endHeaders, payload }),
    frame("data", { stream, flag: flags.endStream, payload: message }),
  ]);
}

describe("a gateway that leaves", () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startTestGateway();
  });
  afterEach(() => gateway?.close());

  for (const port of ["grpcUrl", "httpUrl"] as const) {
    it(`answers calls that were sent before its GOAWAY was read, and says which it has heard (${port})`, async () => {
      const { socket, frames } = await connectByHand(gateway[port]);
      const last: number[] = [];
      let answered = "";
      let ping: Buffer | undefined;
      let stopping: Promise<void> | undefined;
      for await (const { type, flag, stream, payload } of frames) {
        if (type === frameTypes.settings) stopping ??= gateway.app.stop(drainMs, 300);
        // It has been sent, and this caller sends a call that it made before it knew.
        if (type === frameTypes.goAway && last.push(payload.readUInt32BE(0)) === 1) {
          socket.write(callFrames(1, gateway.licenseKey));
        }
        if (type === frameTypes.ping) ping = payload;
        if (stream !== 1) continue;
        assert.notEqual(type, frameTypes.reset);
        if (type === frameTypes.data) answered += payload.toString("latin1");
        // Only now it says that it has read the GOAWAY, as the frame that followed it.
        if (flag & flags.endStream && type === frameTypes.headers && ping) {
          socket.write(frame("ping", { flag: flags.ack, payload: ping }));
        }
      }
      await stopping;
      assert.match(answered, /\w+ \w+ \w+ \w+ \w+/);
      assert.deepEqual([last[0], last.at(-1)], [2 ** 31 - 1, 1]);
    });
  }

  /** One connection, used again for each call. */
  const post = async (agent: Agent, stream: boolean) => {
    const headers = { authorization: `Bearer ${gateway.licenseKey}` };
    const asked = request(`${gateway.httpUrl}/v1/complete`, { agent, method: "POST", headers });
    asked.end(JSON.stringify({ prompt: "Write 5 words.", stream }));
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    return response;
  };
  const textOf = async (response: IncomingMessage) => {
    let text = "";
    for await (const piece of response.setEncoding("utf8")) text += piece;
    return text;
  };
  const reasonOf = async (response: IncomingMessage) =>
    (JSON.parse(await textOf(response)) as { error?: { reason: string } }).error?.reason;

  it("is not ready from the first moment, and serves who comes until its delay is over", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await textOf(await post(agent, false));
    const stopping = gateway.app.stop(drainMs, 1000);
    assert.equal((await fetch(`${gateway.httpUrl}/readyz`)).status, 503);
    const response = await post(agent, false);
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers.connection, "close", "and tells them");
    await textOf(response);
    await stopping;
    agent.destroy();
  });

  it("answers once more over HTTP/1.1 where an answer that began before could not tell", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    gateway.emulator.setPacing({ pauseAfterTokens: 2 });
    const before = await post(agent, true);
    const reading = textOf(before);
    await gateway.emulator.journal.waitFor(({ kind }) => kind === "paused");
    gateway.emulator.setPacing({});
    const stopping = gateway.app.stop(drainMs, 10);
    const stranger = new Agent();
    while ((await reasonOf(await post(stranger, false))) !== "DRAINING");
    gateway.emulator.release();
    assert.match(await reading, /completed/);
    const next = await post(agent, false);
    assert.deepEqual([next.statusCode, next.headers.connection], [200, "close"]);
    await textOf(next);
    await stopping;
    agent.destroy();
  });
});
