import type { Http2Server } from "node:http2";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { type Address, closingGraceMs } from "../door.ts";
import type { Connection } from "../transport/connection.ts";
import { endUnread } from "../transport/end-unread.ts";
import { guardSession } from "../transport/guard-session.ts";
import { openPort } from "../transport/port.ts";
import { createSessions } from "../transport/sessions.ts";
import type { Transport } from "../transport/transport.ts";
import { http2Options, type TransportLimits } from "../transport/transport-limits.ts";

/** The port of a grpc-js server. */
export interface GrpcListening {
  readonly port: number;
  /** Asks everybody to go elsewhere with new calls; those that come all the same are served. */
  refuse(): void;
  close(): Promise<void>;
}

export interface GrpcListenOptions {
  readonly server: Server;
  readonly transport: Transport;
  /** After how long a stream is reset, whoever does not read or write. */
  readonly streamLimitMs: number;
  /** Called in the turn in which a call begins on the connection, before grpc-js sees it. */
  readonly arriving: (connection: Connection) => void;
}

/**
 * Listens for HTTP/2, over TLS where there is a certificate, and hands the connections to grpc-js, whose own listener knows
 * none of our limits (docs/decisions/2026-11-23-own-listeners.md).
 */
export async function listenForGrpc(
  address: Address,
  { server, transport, streamLimitMs, arriving }: GrpcListenOptions,
): Promise<GrpcListening> {
  const { limits, secure } = transport;
  const { http2, inject } = injectorOf(server, limits);

  // A session begins in the same turn in which its connection is handed over.
  let entering: { readonly socket: Socket; readonly connection: Connection } | undefined;
  const sessions = createSessions();
  http2.on("session", (session) => {
    if (!entering) return session.destroy();
    const { connection } = entering;
    session.prependListener("stream", () => arriving(connection));
    session.on("stream", endUnread);
    sessions.add(session, guardSession({ session, ...entering }, { ...limits, streamLimitMs }));
  });
  http2.on("sessionError", () => {});

  const port = await openPort(address, {
    server: secure ? createTlsServer(secure.serverOptions(["h2"])) : createServer(),
    transport,
    serve(socket: Socket, connection, settled) {
      // Over TLS without ALPN it could be anything.
      if (secure && (socket as TLSSocket).alpnProtocol !== "h2") return void socket.destroy();
      settled();
      entering = { socket, connection };
      inject(socket);
      entering = undefined;
    },
  });
  return {
    port: port.port,
    refuse: () => sessions.retire(),
    async close() {
      port.stopListening();
      sessions.close();
      await port.emptied(closingGraceMs);
      server.forceShutdown();
    },
  };
}

/**
 * The HTTP/2 server that grpc-js makes for connections that others accept, with our limits. grpc-js has no public way to
 * either; both members are part of the version that package.json pins, and the attack tests would notice their absence.
 */
function injectorOf(server: Server, limits: TransportLimits) {
  // biome-ignore lint/complexity/useLiteralKeys: TypeScript lets nobody else at a private member.
  Object.assign(server["commonServerOptions"], http2Options(limits));
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  // biome-ignore lint/complexity/useLiteralKeys: as above.
  const [http2] = [...server["http2Servers"].keys()] as Http2Server[];
  if (!http2) throw new Error("grpc-js made no HTTP/2 server");
  return { http2, inject: (socket: Socket) => injector.injectConnection(socket) };
}
