import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A collector that keeps what it is sent, or one that never answers. */
export interface Collector {
  readonly url: string;
  /** Bodies by path, `/v1/traces` or `/v1/metrics`. */
  bodiesOf(path: string): readonly Uint8Array[];
  /** Resolves when somebody has sent something there. */
  received(path: string): Promise<void>;
  close(): void;
}

/** Starts one on loopback. */
export async function startCollector({ answers = true } = {}): Promise<Collector> {
  const bodies = new Map<string, Uint8Array[]>();
  const waiting = new Map<string, () => void>();
  const server = createServer(async (request, response) => {
    const { url = "" } = request;
    const body = Buffer.concat(await Array.fromAsync(request));
    bodies.set(url, [...(bodies.get(url) ?? []), body]);
    waiting.get(url)?.();
    if (answers) response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodiesOf: (path) => bodies.get(path) ?? [],
    received: (path) =>
      bodies.has(path)
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.set(path, resolve)),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
