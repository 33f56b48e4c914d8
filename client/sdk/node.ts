import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { createClientOver, type GatewayClient } from "./client.ts";
import { type ClientOptions, checkClientOptions } from "./client-options.ts";

export * from "./exports.ts";

/** The protocols that the client speaks on Node. */
export type NodeProtocol = "grpc" | "connect" | "grpc-web";

/**
 * Makes a client for Node. `transport` is "grpc" unless chosen, on the gateway's gRPC port; "connect" and "grpc-web" go
 * to its HTTP port. Throws a TypeError for a bad URL or licence key.
 */
export function createGatewayClient(options: ClientOptions<NodeProtocol>): GatewayClient {
  checkClientOptions(options);
  const { url, licenseKey, transport = "grpc" } = options;
  if (typeof transport !== "string") {
    return createClientOver({ transport, licenseKey, disconnect: () => {} });
  }
  return createClientOver({ licenseKey, ...connect(transport, url) });
}

interface Connection {
  readonly transport: Transport;
  readonly disconnect: () => void;
}

function connect(protocol: NodeProtocol, baseUrl: string): Connection {
  switch (protocol) {
    case "grpc": {
      const sessionManager = new Http2SessionManager(baseUrl, { pingIntervalMs });
      const transport = createGrpcTransport({ baseUrl, sessionManager, readMaxBytes });
      return { transport, disconnect: () => sessionManager.abort() };
    }
    case "connect":
      return overHttp1(createConnectTransport, baseUrl);
    case "grpc-web":
      return overHttp1(createGrpcWebTransport, baseUrl);
    default:
      throw new TypeError(`There is no transport ${JSON.stringify(protocol satisfies never)}.`);
  }
}

/** HTTP/1.1, because that is what every proxy on the way understands. */
function overHttp1(
  createTransport: typeof createConnectTransport & typeof createGrpcWebTransport,
  baseUrl: string,
): Connection {
  const Agent = new URL(baseUrl).protocol === "https:" ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true });
  const transport = createTransport({
    baseUrl,
    httpVersion: "1.1",
    nodeOptions: { agent },
    readMaxBytes,
  });
  return { transport, disconnect: () => agent.destroy() };
}

/** Finds out about a connection that died without a word, in the middle of a stream or while idle. */
const pingIntervalMs = 30_000;

/** No answer is larger than this, or it is none of the gateway's. */
const readMaxBytes = 64 * 1024 * 1024;
