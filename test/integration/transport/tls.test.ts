import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { request as httpsRequest } from "node:https";
import { connect as connectTcp } from "node:net";
import { after, before, describe, it } from "node:test";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { createGatewayClient } from "../../../client/sdk/node.ts";
import { selfSigned } from "../../fakes/certificates.ts";
import {
  createTlsFolder,
  type SecureGateway,
  serverAuthority,
  serverCertificate,
  startSecureGateway,
  type TlsFolder,
} from "./secure-gateway.ts";

const ca = serverAuthority.certificate;

/** What a TLS client learns: the protocol, or why there is none. */
async function handshake(
  url: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket | string> {
  return new Promise((resolve) => {
    const socket = connectTls({
      port: Number(new URL(url).port),
      host: "127.0.0.1",
      ca,
      ...options,
    });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    socket.once("close", () => resolve("closed"));
  });
}

async function negotiated(url: string, options: ConnectionOptions): Promise<string> {
  const met = await handshake(url, options);
  if (typeof met === "string") return met;
  const said = `${met.getProtocol()} ${met.alpnProtocol}`;
  met.destroy();
  return said;
}

/** Which certificate the port shows now, by its serial number. */
async function shown(url: string): Promise<string> {
  const met = await handshake(url, { ALPNProtocols: ["h2"] });
  assert.notEqual(typeof met, "string", String(met));
  const { serialNumber } = (met as TLSSocket).getPeerX509Certificate() ?? {};
  (met as TLSSocket).destroy();
  return serialNumber ?? "none";
}

describe("a gateway with a certificate", () => {
  let gateway: SecureGateway;
  let folder: TlsFolder;
  before(async () => {
    folder = createTlsFolder();
    gateway = await startSecureGateway(folder.settings);
  });
  after(() => gateway.close());

  for (const transport of ["grpc", "connect", "grpc-web"] as const) {
    it(`serves ${transport} over TLS`, async () => {
      const url = transport === "grpc" ? gateway.grpcsUrl : gateway.httpsUrl;
      const { licenseKey } = gateway;
      const client = createGatewayClient({ url, transport, licenseKey, tls: { ca } });
      const answer = await client.complete("Hi.");
      assert.notEqual(answer.content, "");
      assert.notEqual(await client.stream("Hi.").text(), "");
      client.close();
    });
  }

  it("serves gRPC over HTTP/2 on the HTTP port too, by ALPN", async () => {
    const { httpsUrl: url, licenseKey } = gateway;
    const client = createGatewayClient({ url, licenseKey, tls: { ca } });
    assert.notEqual((await client.complete("Hi.")).content, "");
    client.close();
  });

  it("serves REST over HTTP/1.1, for those who speak nothing else", async () => {
    const { statusCode, body } = await rest(gateway);
    assert.equal(statusCode, 200);
    assert.match(body, /"content":/);
  });

  for (const [about, port, options, expected] of [
    ["HTTP/2 on the gRPC port", "grpcsUrl", { ALPNProtocols: ["h2"] }, "TLSv1.3 h2"],
    ["HTTP/2 before HTTP/1.1", "httpsUrl", { ALPNProtocols: ["http/1.1", "h2"] }, "TLSv1.3 h2"],
    ["HTTP/1.1 alone", "httpsUrl", { ALPNProtocols: ["http/1.1"] }, "TLSv1.3 http/1.1"],
    ["TLS 1.2", "grpcsUrl", { maxVersion: "TLSv1.2", ALPNProtocols: ["h2"] }, "TLSv1.2 h2"],
    ["TLS 1.2", "httpsUrl", { maxVersion: "TLSv1.2", ALPNProtocols: ["h2"] }, "TLSv1.2 h2"],
  ] satisfies [string, "grpcsUrl" | "httpsUrl", ConnectionOptions, string][]) {
    it(`agrees on ${about} (${port})`, async () => {
      assert.equal(await negotiated(gateway[port], options), expected);
    });
  }

  for (const [about, options] of [
    ["TLS 1.1", { maxVersion: "TLSv1.1", minVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" }],
    ["ciphers without forward secrecy", { maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256" }],
    ["ciphers in CBC", { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA256" }],
    ["HTTP/3 by ALPN", { ALPNProtocols: ["h3"] }],
  ] satisfies [string, ConnectionOptions][]) {
    it(`refuses ${about}`, async () => {
      for (const url of [gateway.grpcsUrl, gateway.httpsUrl]) {
        const met = await negotiated(url, { ALPNProtocols: ["h2"], ...options });
        assert.match(met, /^(ERR_SSL|ECONNRESET|EPROTO|closed)/);
      }
    });
  }

  it("has nothing to say in cleartext", async () => {
    for (const port of [gateway.app.grpcPort, gateway.app.httpPort]) {
      const heard = await new Promise<string>((resolve) => {
        const socket = connectTcp(port, "127.0.0.1");
        let text = "";
        socket.on("data", (bytes) => {
          text += bytes.toString("latin1");
        });
        socket.on("error", () => {});
        socket.once("close", () => resolve(text));
        socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      });
      assert.doesNotMatch(heard, /HTTP/);
    }
  });

  it("takes a renewed certificate without a restart, and keeps who is connected", async () => {
    const session = connectHttp2(gateway.grpcsUrl, { ca });
    session.on("error", () => {});
    const first = await shown(gateway.grpcsUrl);
    folder.put(serverCertificate());
    gateway.app.configuration.reload();
    for (const url of [gateway.grpcsUrl, gateway.httpsUrl]) {
      assert.notEqual(await shown(url), first);
    }
    await new Promise((resolve, reject) => {
      session.ping((error) => (error ? reject(error) : resolve(undefined)));
    });
    session.destroy();
  });

  it("sees a renewed certificate in its files by itself", { timeout: 20_000 }, async () => {
    const first = await shown(gateway.grpcsUrl);
    folder.put(serverCertificate());
    while ((await shown(gateway.grpcsUrl)) === first);
  });

  for (const [about, broken] of [
    ["does not parse", { certificate: "no certificate", key: "no key" }],
    ["has another one's key", { ...serverCertificate(), key: serverCertificate().key }],
    ["is past its end", selfSigned({ untilEpochMs: Date.now() - 1000 })],
  ] as const) {
    it(`goes on with the one before when a new one ${about}`, async () => {
      const first = await shown(gateway.grpcsUrl);
      folder.put(broken);
      assert.throws(() => gateway.app.configuration.reload(), /AXONFLOW_TLS_/);
      assert.equal(await shown(gateway.grpcsUrl), first);
      assert.equal((await rest(gateway)).statusCode, 200);
    });
  }
});

describe("TlsMinVersion 1.3", () => {
  it("refuses TLS 1.2", async () => {
    const settings = { ...createTlsFolder().settings, AXONFLOW_TLS_MIN_VERSION: "1.3" };
    await using gateway = await disposable(settings);
    const old = { maxVersion: "TLSv1.2", ALPNProtocols: ["h2"] } as const;
    for (const url of [gateway.grpcsUrl, gateway.httpsUrl]) {
      assert.match(await negotiated(url, old), /^(ERR_SSL|ECONNRESET|EPROTO)/);
      assert.equal(await negotiated(url, { ALPNProtocols: ["h2"] }), "TLSv1.3 h2");
    }
  });
});

async function disposable(settings: Readonly<Record<string, string>>) {
  const gateway = await startSecureGateway(settings);
  return { ...gateway, [Symbol.asyncDispose]: () => gateway.close() };
}

function rest({ httpsUrl, licenseKey }: SecureGateway) {
  return new Promise<{ statusCode: number | undefined; body: string }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${licenseKey}` };
    const options = { method: "POST", ca, agent: false as const, headers };
    const request = httpsRequest(`${httpsUrl}/v1/complete`, options, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ statusCode: response.statusCode, body }));
    });
    request.on("error", reject);
    request.end(JSON.stringify({ prompt: "Hi." }));
  });
}
