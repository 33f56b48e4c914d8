import type { Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { createClientOver, type GatewayClient } from "./client.ts";
import { type ClientOptions, checkClientOptions } from "./client-options.ts";

export * from "./exports.ts";

/** The protocols that browsers can speak; gRPC itself is not one of them. */
export type BrowserProtocol = "connect" | "grpc-web";

/**
 * Makes a client for browsers and everything else with `fetch`. `transport` is "connect" unless chosen; both go to the
 * gateway's HTTP port, which must allow the page's origin. Throws a TypeError for a bad URL or licence key.
 */
export function createGatewayClient(options: ClientOptions<BrowserProtocol>): GatewayClient {
  checkClientOptions(options);
  const { url, licenseKey, transport = "connect" } = options;
  return createClientOver({
    transport: typeof transport === "string" ? connect(transport, url) : transport,
    licenseKey,
    disconnect: () => {},
  });
}

function connect(protocol: BrowserProtocol, baseUrl: string): Transport {
  switch (protocol) {
    case "connect":
      // Not JSON: that would drop values which a newer contract has added to an enum.
      return createConnectTransport({ baseUrl, useBinaryFormat: true });
    case "grpc-web":
      return createGrpcWebTransport({ baseUrl });
    default:
      throw new TypeError(`There is no transport ${JSON.stringify(protocol satisfies never)}.`);
  }
}
