import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { SecureContextOptions } from "node:tls";
import type { Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { createClientOver, type GatewayClient } from "./client.ts";
import { type ClientOptions, checkClientOptions } from "./client-options.ts";
import { nodeTlsOptions, type TlsOptions } from "./tls-options.ts";

export * from "./exports.ts";
export {
  type InclusionProof,
  InvalidProofError,
  type ProvenRecord,
  verifyInclusionProof,
} from "./inclusion-proof.ts";
export type { TlsOptions } from "./tls-options.ts";

/** The protocols that the client speaks on Node. */
export type NodeProtocol = "grpc" | "connect" | "grpc-web";

/** Where the gateway is and who calls, on Node. */
export interface NodeClientOptions extends ClientOptions<NodeProtocol> {
  /** For a gateway with a certificate that Node does not know, or that asks for one. Not for a `Transport` of your own. */
  readonly tls?: TlsOptions | undefined;
}

/**
 * Makes a client for Node. `transport` is "grpc" unless chosen, on the gateway's gRPC port; "connect" and "grpc-web" go
 * to its HTTP port. Throws a TypeError for a bad URL, licence key or certificate.
 */
export function createGatewayClient(options: NodeClientOptions): GatewayClient {
  checkClientOptions(options);
  const { url, licenseKey, transport = "grpc", tls } = options;
  if (typeof transport !== "string") {
    return createClientOver({ transport, licenseKey, disconnect: () => {} });
  }
  return createClientOver({ licenseKey, ...connect(transport, url, nodeTlsOptions(url, tls)) });
}

interface Connection {
  readonly transport: Transport;
  readonly disconnect: () => void;
}

function connect(protocol: NodeProtocol, baseUrl: string, tls: SecureContextOptions): Connection {
  switch (protocol) {
    case "grpc": {
      const sessionManager = new Http2SessionManager(baseUrl, { pingIntervalMs }, tls);
      const transport = createGrpcTransport({ baseUrl, sessionManager, readMaxBytes });
      return { transport, disconnect: () => sessionManager.abort() };
    }
    case "connect":
      return overHttp1(createConnectTransport, baseUrl, tls);
    case "grpc-web":
      return overHttp1(createGrpcWebTransport, baseUrl, tls);
    default:
      throw new TypeError(`There is no transport ${JSON.stringify(protocol satisfies never)}.`);
  }
}

/** HTTP/1.1, because that is what every proxy on the way understands. */
function overHttp1(
  createTransport: typeof createConnectTransport & typeof createGrpcWebTransport,
  baseUrl: string,
  tls: SecureContextOptions,
): Connection {
  const isSecure = new URL(baseUrl).protocol === "https:";
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, ...tls })
    : new HttpAgent({ keepAlive: true });
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
