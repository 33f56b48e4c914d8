import { createServer as createHttp1Server, type Server as Http1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Address } from "../door.ts";
import type { Connection } from "../transport/connection.ts";
import { endUnread } from "../transport/end-unread.ts";
import { ageing, guardSession } from "../transport/guard-session.ts";
import { openPort } from "../transport/port.ts";
import { createSessions } from "../transport/sessions.ts";
import type { Transport } from "../transport/transport.ts";
import { http2Options, type TransportLimits } from "../transport/transport-limits.ts";
import { type HttpRequest, type HttpResponse, isHttp1 } from "./exchange.ts";
import { createOwedAnswers } from "./owed-answers.ts";
import { tellProtocol } from "./tell-protocol.ts";

/** A listening port. */
export interface Listening {
  readonly port: number;
  /** Asks everybody to go elsewhere with new calls; those that come all the same are served. */
  refuse(): void;
  /**
   * On each connection over HTTP/1.1 that nobody could tell to go, one more call is owed an answer. For each, `hold` keeps the
   * gateway until what it gives is called; one on which nobody calls is ended after a while.
   */
  dismiss(hold: () => () => void): void;
  /** Stops listening, lets responses that are being written end within `graceMs`, then ends every connection. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly transport: Transport;
  /** How long a response may stay open for a reader that does not read. */
  readonly streamLimitMs: number;
  readonly handle: (request: HttpRequest, response: HttpResponse, connection: Connection) => void;
}

/** Listens for HTTP/1.1 and HTTP/2 on one port: over TLS by ALPN, else by the first bytes. */
export async function listen(
  address: Address,
  { transport, streamLimitMs, handle }: ListenOptions,
): Promise<Listening> {
  const { limits, secure } = transport;
  const connections = new WeakMap<object, Connection>();
  const sessions = createSessions();
  const owed = createOwedAnswers();
  let isLeaving = false;
  /** A request is told of in a later turn than it came: its stream may have been reset, and has no session then. */
  const begin = (owner: object | undefined, request: HttpRequest, response: HttpResponse) => {
    const connection = owner && connections.get(owner);
    if (!connection) return response.destroy();
    // HTTP/1.1 has no other way to say that a connection should end.
    if ((connection.isAged || isLeaving) && isHttp1(response)) {
      response.setHeader("connection", "close");
    }
    return handle(request, response, connection);
  };

  // Its sessions begin in the same turn in which it is given a connection.
  let entering: { readonly socket: Socket; readonly connection: Connection } | undefined;
  const http2 = createHttp2Server(http2Options(limits), (request, response) => {
    endUnread(request.stream);
    begin(request.stream.session, request, response);
  });
  http2.on("session", (session) => {
    if (!entering) return session.destroy();
    connections.set(session, entering.connection);
    sessions.add(session, guardSession({ session, ...entering }, { ...limits, streamLimitMs }));
  });
  http2.on("sessionError", () => {});
  const serveHttp2 = (socket: Socket, connection: Connection) => {
    // Node's HTTP/1.1 server accepts connections that may be closed on one side. An HTTP/2 client that closes its side has
    // gone, and its calls with it.
    socket.allowHalfOpen = false;
    entering = { socket, connection };
    http2.emit("connection", socket);
    entering = undefined;
  };

  const options = http1Options(limits);
  const http1: Http1Server = secure
    ? createHttpsServer({ ...options, ...secure.serverOptions(["h2", "http/1.1"]) })
    : createHttp1Server(options);
  http1.on("request", (request, response) => {
    endOverdue(response, streamLimitMs);
    const connection = connections.get(request.socket);
    if (connection) owed.answering(connection, response);
    begin(request.socket, request, response);
  });
  const acceptHttp1 = http1.listeners(secure ? "secureConnection" : "connection");
  const serveHttp1 = (socket: Socket, connection: Connection) => {
    connections.set(socket, connection);
    owed.add(connection, socket);
    const stopAgeing = ageing(limits, () => {
      connection.isAged = true;
      return () => socket.destroy();
    });
    socket.once("close", stopAgeing);
    for (const accept of acceptHttp1) accept.call(http1, socket);
  };

  const port = await openPort(address, {
    server: http1,
    transport,
    serve(socket, connection, settled) {
      const serveBy = (isHttp2: boolean) => {
        settled();
        if (isHttp2) serveHttp2(socket, connection);
        else serveHttp1(socket, connection);
      };
      if (secure) serveBy((socket as TLSSocket).alpnProtocol === "h2");
      else tellProtocol(socket, serveBy);
    },
  });
  return {
    port: port.port,
    refuse() {
      isLeaving = true;
      sessions.retire();
    },
    dismiss: owed.owe,
    async close(graceMs) {
      port.stopListening();
      http1.closeIdleConnections();
      sessions.close();
      await port.emptied(graceMs);
    },
  };
}

/** How often Node looks whether a request over HTTP/1.1 takes too long to come in. */
const mostBetweenLooksMs = 5000;

function http1Options(limits: TransportLimits) {
  const { handshakeTimeoutMs, bodyTimeoutMs, idleConnectionMs, maxHeaderBytes } = limits;
  return {
    headersTimeout: Math.min(handshakeTimeoutMs, bodyTimeoutMs),
    requestTimeout: bodyTimeoutMs,
    connectionsCheckingInterval: Math.min(handshakeTimeoutMs / 2, mostBetweenLooksMs),
    // Longer than the 60 seconds after which load balancers (AWS: ALB) let go, by default, so that it is not the gateway
    // that ends a connection on which a request is on its way.
    keepAliveTimeout: idleConnectionMs,
    maxHeaderSize: maxHeaderBytes,
  };
}

/** A reader that stopped reading would otherwise hold its response, and what is buffered for it, for ever. */
function endOverdue(response: HttpResponse, limitMs: number): void {
  const overdue = setTimeout(() => response.destroy(), limitMs).unref();
  response.once("close", () => clearTimeout(overdue));
}
