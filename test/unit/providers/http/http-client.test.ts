import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { responseOf, type SocketRequest } from "../../../fakes/socket-server.ts";
import {
  ask,
  clientOf,
  limitBytes,
  muteServer,
  never,
  request,
  serverThat,
} from "./http-client-fixture.ts";

describe("the HTTP client", () => {
  it("sends a POST and gives status, headers and body", async () => {
    const server = await serverThat(({ socket }) =>
      socket.write(responseOf("answer", { status: 418, headers: "X-Answer: yes\r\n" })),
    );
    const { status, headers, body } = await clientOf(server).send(request, never);
    assert.deepEqual([status, headers["x-answer"]], [418, "yes"]);
    assert.equal((await body.whole(limitBytes)).toString(), "answer");
    assert.match(
      server.requests[0] ?? "",
      /^POST \/p HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n(?:.*\r\n)*x-name: value\r\n(?:.*\r\n)*content-length: 4\r\n\r\nbody$/,
    );
  });

  it("gives a body read by read, and its end", async () => {
    const server = await serverThat(({ socket }) =>
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n"),
    );
    const client = clientOf(server);
    const leave = new AbortController();
    const { body } = await client.send(request, leave.signal);
    assert.equal((await body.next())?.toString(), "one");
    leave.abort();
    await assert.rejects(body.next());
  });

  it("uses a connection again when its answer was read, and only then", async () => {
    const server = await serverThat(({ socket }) => socket.write(responseOf("x")));
    const client = clientOf(server);
    for (let call = 0; call < 5; call++) await ask(client);
    assert.equal(server.count, 1);
    await Promise.all([ask(client), ask(client), ask(client)]);
    assert.equal(server.count, 3);
  });

  it("does not use a connection again that the server wants to close", async () => {
    const server = await serverThat(({ socket }) =>
      socket.end(responseOf("x", { headers: "connection: close\r\n" })),
    );
    const client = clientOf(server);
    for (let call = 0; call < 3; call++) assert.equal(await ask(client), "x");
    assert.equal(server.count, 3);
  });

  for (const [about, close] of [
    ["closed", (request: SocketRequest) => request.socket.end()],
    ["reset", (request: SocketRequest) => request.socket.resetAndDestroy()],
  ] as const) {
    it(`sends once more when a kept connection is ${about} under it before any answer`, async () => {
      const server = await serverThat((one) => {
        if (one.connection === 1 && one.nth === 2) close(one);
        else one.socket.write(responseOf("x"));
      });
      const client = clientOf(server);
      await ask(client);
      assert.equal(await ask(client), "x");
      assert.deepEqual([server.count, server.requests.length], [2, 3]);
    });

    it(`does not send twice over fresh connections that are ${about}`, async () => {
      const server = await serverThat(close);
      await assert.rejects(ask(clientOf(server)));
      assert.equal(server.requests.length, 1);
    });

    it(`does not send again when a kept connection is ${about} after a first byte`, async () => {
      const server = await serverThat((one) => {
        if (one.nth === 1) one.socket.write(responseOf("x"));
        else one.socket.write("HTTP/1.1 200 OK\r\n", () => close(one));
      });
      const client = clientOf(server);
      await ask(client);
      await assert.rejects(ask(client));
      assert.equal(server.requests.length, 2);
    });

    it(`does not send again when a kept connection is ${about} after more than a second`, async () => {
      const clock = createManualClock();
      const server = await serverThat((one) => {
        if (one.nth === 1) return void one.socket.write(responseOf("x"));
        clock.advance(1001);
        close(one);
      });
      const client = clientOf(server, { clock });
      await ask(client);
      await assert.rejects(ask(client));
      assert.equal(server.requests.length, 2);
    });
  }

  it("rejects when the answer is shorter than it said", async () => {
    const server = await serverThat(({ socket }) =>
      socket.end(`${responseOf("x".repeat(9))}`.slice(0, -3)),
    );
    const { body } = await clientOf(server).send(request, never);
    await assert.rejects(body.whole(limitBytes), { code: "UND_ERR_SOCKET" });
  });

  it("refuses a body beyond its limit, and closes the connection", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await serverThat(({ socket }) => {
      socket.once("close", () => closed.resolve());
      socket.write(responseOf("x".repeat(5000)).replace("5000", "9000"));
    });
    const { body } = await clientOf(server).send(request, never);
    await assert.rejects(body.whole(1000), { code: "EBODYTOOLARGE" });
    await closed.promise;
  });

  it("refuses headers that would break out of their line", async () => {
    const server = await serverThat(({ socket }) => socket.write(responseOf("x")));
    const broken = { ...request, headers: ["x-a", "b\r\nx-c: d"] };
    await assert.rejects(clientOf(server).send(broken, never), { code: "UND_ERR_INVALID_ARG" });
    assert.equal(server.requests.length, 0);
  });

  it("reports a port that nobody listens on, with Node's code", async () => {
    const unused = createServer().listen(0, "127.0.0.1");
    await once(unused, "listening");
    const { port } = unused.address() as { port: number };
    unused.close();
    await assert.rejects(ask(clientOf({ origin: `http://127.0.0.1:${port}` })), {
      code: "ECONNREFUSED",
    });
  });

  it("gives a connection up that is not made in time", async () => {
    const { origin, closed } = await muteServer();
    await assert.rejects(ask(clientOf({ origin }, { connectTimeoutMs: 20 })), {
      code: "UND_ERR_CONNECT_TIMEOUT",
    });
    await closed;
  });

  it("stops reading while nobody takes what came, and goes on when somebody does", async () => {
    const total = 40_000_000;
    let written = 0;
    const stalled = Promise.withResolvers<void>();
    const server = await serverThat(({ socket }) => {
      const block = Buffer.alloc(100_000, "x");
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
      const pump = () => {
        while (written < total) {
          written += block.length;
          if (!socket.write(block)) {
            socket.once("drain", pump);
            return stalled.resolve();
          }
        }
      };
      pump();
    });
    const { body } = await clientOf(server).send(request, never);
    await stalled.promise;
    // Turns of the loop in which forty megabytes would come if anybody read them.
    for (let turn = 0; turn < 2000; turn++) await new Promise(setImmediate);
    assert.ok(written < total / 2, `${written} bytes went out unread`);
    assert.equal((await body.whole(total)).length, total);
  });
});
