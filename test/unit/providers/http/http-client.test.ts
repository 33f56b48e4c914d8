import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, describe, it } from "node:test";
import { GatewayError } from "../../../../server/core/error.ts";
import {
  createHttpClient,
  type HttpClient,
} from "../../../../server/providers/http/http-client.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import {
  responseOf,
  type SocketRequest,
  type SocketServer,
  startSocketServer,
} from "../../../fakes/socket-server.ts";

const open: { close(): unknown }[] = [];
after(() => Promise.all(open.map((one) => one.close())));

async function serverThat(answer: (request: SocketRequest) => void): Promise<SocketServer> {
  const server = await startSocketServer(answer);
  open.push(server);
  return server;
}

function clientOf(
  { origin }: { readonly origin: string },
  options: Partial<Parameters<typeof createHttpClient>[0]> = {},
): HttpClient {
  const client = createHttpClient({ origin, ...options });
  open.push(client);
  return client;
}

/** A server that takes connections and never answers the TLS handshake. */
async function muteServer() {
  const accepted = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    accepted.resolve();
    socket.resume().once("close", () => closed.resolve());
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(server);
  const { port } = server.address() as { port: number };
  return {
    origin: `https://127.0.0.1:${port}`,
    accepted: accepted.promise,
    closed: closed.promise,
  };
}

const request = { path: "/p", headers: ["x-name", "value"], body: "body" };
const never = new AbortController().signal;
const limitBytes = 1_000_000;

async function ask(client: HttpClient, signal = never): Promise<string> {
  const { body } = await client.send(request, signal);
  return (await body.whole(limitBytes)).toString();
}

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

describe("an abort", () => {
  const left = GatewayError.cancelled();

  it("before the request is sent sends nothing", async () => {
    const server = await serverThat(({ socket }) => socket.write(responseOf("x")));
    await assert.rejects(ask(clientOf(server), AbortSignal.abort(left)), left);
    assert.equal(server.requests.length, 0);
  });

  it("while the connection is made rejects at once and gives the attempt up", async () => {
    const { origin, accepted, closed } = await muteServer();
    const leave = new AbortController();
    const asked = ask(clientOf({ origin }), leave.signal);
    await accepted;
    leave.abort(left);
    await assert.rejects(asked, left);
    await closed;
  });

  it("before the head closes the connection", async () => {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const server = await serverThat(({ socket }) => {
      socket.once("close", () => closed.resolve());
      arrived.resolve();
    });
    const leave = new AbortController();
    const asked = ask(clientOf(server), leave.signal);
    await arrived.promise;
    leave.abort(left);
    await assert.rejects(asked, left);
    await closed.promise;
  });

  it("after the head closes the connection and breaks the body", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await serverThat(({ socket }) => {
      socket.once("close", () => closed.resolve());
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx");
    });
    const leave = new AbortController();
    const { body } = await clientOf(server).send(request, leave.signal);
    await body.next();
    const next = body.next();
    leave.abort(left);
    await assert.rejects(next, left);
    await closed.promise;
  });

  it("after the end does nothing", async () => {
    const server = await serverThat(({ socket }) => socket.write(responseOf("x")));
    const client = clientOf(server);
    const leave = new AbortController();
    await ask(client, leave.signal);
    leave.abort(left);
    await ask(client);
    assert.equal(server.count, 1);
  });
});

describe("where all connections are busy", () => {
  /** A server whose answers wait until they are let go, in order. */
  async function holdingServer() {
    const held: SocketRequest[] = [];
    const server = await serverThat((one) => held.push(one));
    const letGo = async () => {
      while (held.length === 0) await new Promise(setImmediate);
      held.shift()?.socket.write(responseOf("x"));
    };
    return { server, letGo };
  }

  it("requests wait their turn", async () => {
    const { server, letGo } = await holdingServer();
    const client = clientOf(server, { maxConnections: 1 });
    const asked = [ask(client), ask(client), ask(client)];
    for (const one of asked) {
      await letGo();
      assert.equal(await one, "x");
    }
    assert.equal(server.count, 1);
  });

  it("one that leaves gives its turn to the next", async () => {
    const { server, letGo } = await holdingServer();
    const client = clientOf(server, { maxConnections: 1 });
    const leave = new AbortController();
    const [first, second, third] = [ask(client), ask(client, leave.signal), ask(client)];
    leave.abort(GatewayError.cancelled());
    await assert.rejects(second);
    await letGo();
    await letGo();
    assert.deepEqual(await Promise.all([first, third]), ["x", "x"]);
    assert.equal(server.requests.length, 2);
  });

  it("a connection that breaks makes room for a new one", async () => {
    const { server, letGo } = await holdingServer();
    const client = clientOf(server, { maxConnections: 1 });
    const leave = new AbortController();
    const first = ask(client, leave.signal);
    const second = ask(client);
    while (server.requests.length === 0) await new Promise(setImmediate);
    leave.abort(GatewayError.cancelled());
    await assert.rejects(first);
    await letGo();
    await letGo();
    assert.equal(await second, "x");
    assert.equal(server.count, 2);
  });

  it("only so many may wait", async () => {
    const { server } = await holdingServer();
    const client = clientOf(server, { maxConnections: 1, maxWaiting: 1 });
    const [first, second] = [ask(client), ask(client)];
    await assert.rejects(ask(client), { code: "EQUEUEFULL" });
    client.close();
    await Promise.all([first, second].map((one) => assert.rejects(one)));
  });
});
