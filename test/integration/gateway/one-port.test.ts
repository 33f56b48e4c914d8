import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

describe("HTTP/1.1 and HTTP/2 share a port", () => {
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGatewayProcess({
      AXONFLOW_LICENSE_KEYS: "test=one-port-license-key",
      LLM_BEDROCK_REGION: "us-east-1",
    });
  });
  after(async () => {
    gateway.child.kill("SIGKILL");
    await gateway.exited;
  });

  async function openSocket(): Promise<Socket> {
    const socket = connect(Number(new URL(gateway.httpUrl).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.setNoDelay(true);
    await once(socket, "connect");
    return socket;
  }

  it("and a connection that begins like both and says no more holds up nobody", async () => {
    const undecided = await Promise.all(["P", "PR", ""].map(() => openSocket()));
    for (const [index, start] of ["P", "PR", ""].entries()) undecided[index]?.write(start);
    for (let call = 0; call < 20; call++) {
      const signal = AbortSignal.timeout(10_000);
      assert.equal((await fetch(`${gateway.httpUrl}/healthz`, { signal })).status, 200);
    }
    for (const socket of undecided) socket.destroy();
  });

  it("and a POST that comes byte by byte is HTTP/1.1", async () => {
    const socket = await openSocket();
    const answered = once(socket, "data");
    for (const byte of "POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n") {
      await new Promise((resolve) => socket.write(byte, resolve));
    }
    const [answer] = await answered;
    assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
    socket.destroy();
  });

  it("and a preface that comes byte by byte is HTTP/2", async () => {
    const socket = await openSocket();
    const session = connectHttp2(gateway.httpUrl, { createConnection: () => byteByByte(socket) });
    const stream = session.request({ ":path": "/healthz" });
    const [headers] = await once(stream, "response");
    assert.equal(headers[":status"], 200);
    session.destroy();
  });
});

/** The same connection, one byte a write. */
function byteByByte(socket: Socket): Duplex {
  const slow = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      const bytes = [...chunk];
      const next = () => {
        const byte = bytes.shift();
        if (byte === undefined) done();
        else socket.write(Uint8Array.of(byte), next);
      };
      next();
    },
  });
  socket.on("data", (bytes) => slow.push(bytes));
  return slow;
}
