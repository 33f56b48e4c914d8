import { once } from "node:events";
import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { Incoming, Outgoing } from "./exchange.ts";

/** Where to listen (port 0 = any free one) and who answers. */
export interface DualProtocolServerOptions {
  readonly host: string;
  readonly port: number;
  readonly answer: (incoming: Incoming, outgoing: Outgoing) => void;
}

/** A listening server; `close` also cuts every open connection. */
export interface DualProtocolServer {
  readonly port: number;
  close(): Promise<void>;
}

const connectionLimit = 10_000;
const headerLimitBytes = 64 * 1024;
const silentConnectionMs = 30_000;
const idleKeepAliveMs = 75_000;
const http2Preface = Buffer.from("PRI");

/**
 * Serves HTTP/1.1 and HTTP/2 without TLS on one port. The AWS SDK for JavaScript speaks HTTP/2 with
 * prior knowledge to Bedrock Runtime by default, so the first bytes of a connection decide.
 */
export async function createDualProtocolServer(
  options: DualProtocolServerOptions,
): Promise<DualProtocolServer> {
  const { answer, host, port } = options;
  const http1 = createHttp1Server(
    { maxHeaderSize: headerLimitBytes, keepAliveTimeout: idleKeepAliveMs },
    answer,
  );
  const http2 = createHttp2Server(
    { settings: { maxConcurrentStreams: 1_000, maxHeaderListSize: headerLimitBytes } },
    answer,
  );
  // The HTTP/1.1 server never listens itself; this event starts its watch over slow requests.
  http1.emit("listening");
  const sockets = new Set<Socket>();
  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    peek(socket, (isHttp2) => (isHttp2 ? http2 : http1).emit("connection", socket));
  });
  tcp.maxConnections = connectionLimit;
  const listeningPort = await listen(tcp, host, port);
  return {
    port: listeningPort,
    async close() {
      const closed = once(tcp, "close");
      tcp.close();
      http1.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}

/** Reads until the protocol is certain, then puts the bytes back. */
function peek(socket: Socket, decided: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const giveUp = () => socket.destroy();
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const head = seen.subarray(0, http2Preface.length);
    const isPreface = http2Preface.subarray(0, head.length).equals(head);
    if (isPreface && head.length < http2Preface.length) return;
    socket.off("data", onData);
    socket.setTimeout(0);
    socket.off("timeout", giveUp);
    socket.pause();
    socket.unshift(seen);
    decided(isPreface);
    process.nextTick(() => socket.resume());
  };
  socket.setTimeout(silentConnectionMs, giveUp);
  socket.on("data", onData);
}
