import type { AddressInfo, Server, Socket } from "node:net";
import { type TLSSocket, Server as TlsServer } from "node:tls";
import type { Address } from "../door.ts";
import { plainAddress } from "../plain-address.ts";
import { type Connection, createConnection } from "./connection.ts";
import { peerCertificateOf } from "./peer-certificate.ts";
import type { Transport } from "./transport.ts";

/** A listening port. */
export interface Port {
  readonly port: number;
  /** Listens no more. */
  stopListening(): void;
  /** Resolves when nobody is connected any more. Those who are still there after `graceMs` are cut off. */
  emptied(graceMs: number): Promise<void>;
}

export interface PortOptions {
  /** A `net.Server` or a `tls.Server`. Whatever it does with connections itself is done after they were admitted. */
  readonly server: Server;
  readonly transport: Transport;
  /** A connection is ready to speak: over TLS after the handshake. It says what it speaks before `settled` is called. */
  readonly serve: (socket: Socket, connection: Connection, settled: () => void) => void;
}

/**
 * Listens, counts connections, and gives each a limited time until it has said what it speaks. Node's own limit for
 * handshakes begins anew with every byte.
 */
export async function openPort(
  { host, port }: Address,
  { server, transport, serve }: PortOptions,
): Promise<Port> {
  const { census, limits, proxies, secure } = transport;
  const open = new Map<string, Entrant>();
  const accepting = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const connection = createConnection(plainAddress(socket.remoteAddress), proxies);
    if (!census.admit(socket, connection)) return;
    const overdue = setTimeout(() => socket.destroy(), limits.handshakeTimeoutMs).unref();
    const settled = () => clearTimeout(overdue);
    const key = keyOf(socket);
    const entrant = { socket, connection, settled };
    open.set(key, entrant);
    socket.once("close", () => {
      settled();
      if (open.get(key) === entrant) open.delete(key);
    });
    if (server instanceof TlsServer) for (const accept of accepting) accept.call(server, socket);
    else serve(socket, connection, settled);
  });
  if (server instanceof TlsServer) {
    secure?.keep(server);
    server.removeAllListeners("secureConnection");
    server.on("secureConnection", (socket: TLSSocket) => {
      const entrant = open.get(keyOf(socket));
      // It has gone already.
      if (!entrant) return void socket.destroy();
      socket.on("error", () => socket.destroy());
      entrant.connection.certificate = peerCertificateOf(socket);
      serve(socket, entrant.connection, entrant.settled);
    });
    server.on("tlsClientError", (_error, socket) => socket.destroy());
  }
  await listening(server, { host, port });
  return {
    port: (server.address() as AddressInfo).port,
    stopListening: () => void server.close(),
    emptied: (graceMs) => emptied(open, graceMs),
  };
}

/** A connection that was admitted. */
interface Entrant {
  readonly socket: Socket;
  readonly connection: Connection;
  readonly settled: () => void;
}

/** What tells connections to one port apart, for the socket below TLS and the one above it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function listening(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function emptied(open: ReadonlyMap<string, Entrant>, graceMs: number): Promise<void> {
  const sockets = [...open.values()].map(({ socket }) => socket);
  const overdue = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  const closed = (socket: Socket) =>
    socket.closed || new Promise((resolve) => socket.once("close", resolve));
  await Promise.all(sockets.map(closed));
  clearTimeout(overdue);
}
