import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Address } from "../door.ts";
import type { HttpRequest, HttpResponse } from "./exchange.ts";

/** A listening port. */
export interface Listening {
  readonly port: number;
  /** Stops listening, lets responses that are being written end within `graceMs`, then ends every connection. */
  close(graceMs: number): Promise<void>;
}

/** Every HTTP/2 connection begins with these bytes, and no HTTP/1.1 request does (RFC 9113, section 3.4). */
const http2Preface = "PRI";

/** How long a connection may stay silent before it says what it speaks. */
const prefaceTimeoutMs = 10_000;

/**
 * How long an idle HTTP/1.1 connection is kept. Longer than the 60 seconds after which load balancers (AWS: ALB) and most
 * clients let go, so that it is never the gateway that closes a connection on which a request is on its way.
 */
const keepAliveTimeoutMs = 75_000;

const maxConcurrentStreams = 1000;

/** Listens for HTTP/1.1 and cleartext HTTP/2 on one port. */
export async function listen(
  { host, port }: Address,
  handle: (request: HttpRequest, response: HttpResponse) => void,
): Promise<Listening> {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const http2 = createHttp2Server({ settings: { maxConcurrentStreams } }, handle);
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  http2.on("sessionError", () => {});
  const http1 = createHttp1Server(
    { headersTimeout: 20_000, requestTimeout: 60_000, keepAliveTimeout: keepAliveTimeoutMs },
    handle,
  );
  const acceptHttp1 = http1.listeners("connection");
  http1.removeAllListeners("connection");
  http1.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    tellProtocol(socket, (isHttp2) => {
      if (isHttp2) http2.emit("connection", socket);
      else for (const accept of acceptHttp1) accept.call(http1, socket);
    });
  });

  await new Promise<void>((resolve, reject) => {
    http1.once("error", reject);
    http1.listen({ host, port }, resolve);
  });
  return {
    port: (http1.address() as AddressInfo).port,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => http1.close(() => resolve()));
      http1.closeIdleConnections();
      for (const session of sessions) session.close();
      await new Promise<void>((resolve) => {
        const overdue = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
          resolve();
        }, graceMs);
        void closed.then(() => {
          clearTimeout(overdue);
          resolve();
        });
      });
    },
  };
}

/**
 * Looks at a connection's first bytes and puts them back once they tell. A beginning that could still be either is held:
 * put back at once, it would be read again and again without ever getting longer.
 */
function tellProtocol(socket: Socket, tell: (isHttp2: boolean) => void): void {
  const giveUp = () => socket.destroy();
  let head = Buffer.alloc(0);
  const onReadable = () => {
    const bytes: Buffer | null = socket.read();
    if (!bytes) return;
    head = Buffer.concat([head, bytes]);
    const start = head.toString("latin1", 0, http2Preface.length);
    if (start.length < http2Preface.length && http2Preface.startsWith(start)) return;
    socket.off("readable", onReadable);
    socket.setTimeout(0, giveUp);
    socket.off("timeout", giveUp);
    socket.off("error", giveUp);
    socket.unshift(head);
    tell(start === http2Preface);
  };
  socket.setTimeout(prefaceTimeoutMs, giveUp);
  socket.on("error", giveUp);
  socket.on("readable", onReadable);
}
