import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { after, before, describe, it } from "node:test";
import { Code, createGatewayClient, isGatewayCallError } from "../../../client/sdk/node.ts";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";
import { type Attacker, attack } from "./attacker.ts";
import { createTlsFolder } from "./secure-gateway.ts";

const adminKeys = { AXONFLOW_ADMIN_KEYS: "test" };

function clientOf({ grpcUrl, httpUrl, licenseKey }: TestGateway, transport: "grpc" | "connect") {
  const url = transport === "grpc" ? grpcUrl : httpUrl;
  return createGatewayClient({ url, licenseKey, transport });
}

/** An HTTP/2 session and what the gateway said to end it. */
function sessionTo(url: string) {
  const session = connectHttp2(url);
  session.on("error", () => {});
  const goneAway = once(session, "goaway").then(([code]) => code as number);
  return { session, goneAway, closed: once(session, "close") };
}

/** `prompt: "Write 50 words."` in an envelope. */
const message = Buffer.concat([
  Buffer.from("00000000110a0f", "hex"),
  Buffer.from("Write 50 words."),
]);

/** With this the answer to it takes half a second. */
const slowly = { tokensPerSecond: 100 };

/** A call whose answer comes as fast as the emulator is told to write. */
function longCall(session: ClientHttp2Session, licenseKey: string) {
  const stream = session.request({
    ":method": "POST",
    ":path": "/axonflow.gateway.v1.CompletionService/CompleteStream",
    "content-type": "application/grpc",
    te: "trailers",
    authorization: `Bearer ${licenseKey}`,
  });
  stream.on("error", () => {});
  stream.end(message);
  const ended = once(stream, "trailers").then(([trailers]) => trailers["grpc-status"] as string);
  stream.resume();
  return { ended, started: once(stream, "response") };
}

describe("connections that are old", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startTestGateway({
      AXONFLOW_MAX_CONNECTION_AGE_MS: "300",
      AXONFLOW_MAX_CONNECTION_AGE_GRACE_MS: "60000",
    });
  });
  after(() => gateway.close());

  for (const port of ["grpcUrl", "httpUrl"] as const) {
    it(`are asked to go elsewhere, and their calls end well (${port})`, async () => {
      gateway.emulator.setPacing(slowly);
      const { session, goneAway, closed } = sessionTo(gateway[port]);
      const call = longCall(session, gateway.licenseKey);
      await call.started;
      assert.equal(await goneAway, 0);
      assert.equal(await call.ended, "0");
      await closed;
    });
  }

  it("end with the next answer over HTTP/1.1", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const told = new Set<string | undefined>();
    while (!told.has("close")) {
      const asked = request(`${gateway.httpUrl}/healthz`, { agent }).end();
      const [response] = await once(asked, "response");
      told.add(response.headers.connection);
      response.resume();
      await once(response, "end");
    }
    assert.deepEqual([...told], ["keep-alive", "close"]);
    agent.destroy();
  });
});

describe("connections that do nothing", () => {
  it("are told so and end, and those on which a call waits do not", async () => {
    const gateway = await startTestGateway({ AXONFLOW_IDLE_CONNECTION_MS: "200" });
    gateway.emulator.setPacing(slowly);
    const busy = sessionTo(gateway.grpcUrl);
    const call = longCall(busy.session, gateway.licenseKey);
    await call.started;
    const idle = [sessionTo(gateway.grpcUrl), sessionTo(gateway.httpUrl)];
    for (const { goneAway, closed } of idle) {
      assert.equal(await goneAway, 0);
      await closed;
    }
    assert.equal(await call.ended, "0");
    await busy.closed;
    await gateway.close();
  });

  it("end when they begin a TLS handshake and do not finish it, drop by drop or not at all", async () => {
    const gateway = await startTestGateway({
      ...createTlsFolder().settings,
      AXONFLOW_HANDSHAKE_TIMEOUT_MS: "300",
    });
    const hello = Buffer.from("160301020001", "hex");
    for (const port of [gateway.app.grpcPort, gateway.app.httpPort]) {
      const [silent, slow] = [await attack(port), await attack(port)];
      slow.socket.write(hello);
      const drip = setInterval(() => slow.socket.write(Buffer.from([0])), 50);
      await Promise.all([silent.ended, slow.ended]);
      clearInterval(drip);
    }
    await gateway.close();
  });
});

describe("more connections than the gateway takes", () => {
  it("put out those that never showed a key, and nobody else", async () => {
    const gateway = await startTestGateway({ AXONFLOW_MAX_CONNECTIONS: "12" });
    const known = clientOf(gateway, "grpc");
    assert.notEqual((await known.complete("Hi.")).content, "");
    const strangers: Attacker[] = [];
    for (let count = 0; count < 30; count += 1) {
      const port = count % 2 === 0 ? gateway.app.grpcPort : gateway.app.httpPort;
      strangers.push(await attack(port));
    }
    await Promise.all(strangers.slice(0, 18).map(({ ended }) => ended));
    const late = clientOf(gateway, "connect");
    assert.notEqual((await late.complete("Hi.")).content, "");
    assert.notEqual((await known.complete("Hi.")).content, "");
    assert.ok(strangers.filter(({ isEnded }) => !isEnded).length <= 11);
    for (const { leave } of strangers) leave();
    known.close();
    late.close();
    await gateway.close();
  });

  it("are ended at once where everybody inside has shown a key", async () => {
    const gateway = await startTestGateway({ AXONFLOW_MAX_CONNECTIONS: "2" });
    const inside = [clientOf(gateway, "grpc"), clientOf(gateway, "connect")];
    for (const client of inside) await client.complete("Hi.");
    const refused = await attack(gateway.app.httpPort);
    await refused.ended;
    for (const client of inside) assert.notEqual((await client.complete("Hi.")).content, "");
    for (const client of inside) client.close();
    await gateway.close();
  });
});

describe("more calls than the gateway takes", () => {
  let gateway: TestGateway;
  let sessions: ClientHttp2Session[];
  before(async () => {
    gateway = await startTestGateway({ AXONFLOW_MAX_STREAMS: "2", ...adminKeys });
    gateway.emulator.setPacing({ pauseAfterTokens: 2 });
    sessions = [sessionTo(gateway.grpcUrl).session, sessionTo(gateway.httpUrl).session];
    const calls = sessions.map((session) => longCall(session, gateway.licenseKey));
    await Promise.all(calls.map(({ started }) => started));
  });
  after(async () => {
    for (const session of sessions) session.destroy();
    await gateway.close();
  });

  for (const transport of ["grpc", "connect"] as const) {
    it(`are refused with what to do, over ${transport}`, async () => {
      const client = clientOf(gateway, transport);
      const error = await client.complete("Hi.").catch((thrown: unknown) => thrown);
      assert.ok(isGatewayCallError(error));
      assert.equal(error.code, Code.ResourceExhausted);
      assert.equal(error.reason, "TOO_MANY_CALLS");
      assert.equal(error.retryAfterMs, 1000);
      client.close();
    });

    it(`leave room to look at the gateway and what it offers, over ${transport}`, async () => {
      const client = clientOf(gateway, transport);
      assert.equal((await client.admin.getStatus()).callsInFlight, 2);
      for await (const { name } of client.listModels()) {
        assert.notEqual(name, "");
        break;
      }
      client.close();
    });
  }

  it("are refused over REST", async () => {
    const response = await fetch(`${gateway.httpUrl}/v1/complete`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.licenseKey}` },
      body: JSON.stringify({ prompt: "Hi." }),
    });
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.match(await response.text(), /TOO_MANY_CALLS/);
  });

  it("are healthy all the same", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      assert.equal((await fetch(`${gateway.httpUrl}${path}`)).status, 200);
    }
  });

  it("are let in again once others have left", async () => {
    gateway.emulator.setPacing({});
    for (const session of sessions) session.destroy();
    const isLeft = ({ kind }: { kind: string }) => kind === "aborted";
    await gateway.emulator.journal.waitFor(isLeft);
    const client = clientOf(gateway, "grpc");
    while ((await client.admin.getStatus()).callsInFlight > 0);
    assert.notEqual((await client.complete("Hi.")).content, "");
    client.close();
  });
});
