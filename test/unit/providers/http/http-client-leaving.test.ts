import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GatewayError } from "../../../../server/core/error.ts";
import { responseOf, type SocketRequest } from "../../../fakes/socket-server.ts";
import { ask, clientOf, muteServer, request, serverThat } from "./http-client-fixture.ts";

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
