import type { Socket } from "node:net";
import type { Log } from "../../core/log.ts";
import type { Connection } from "./connection.ts";

/** All connections of a gateway, and how many there may be. */
export interface Census {
  readonly size: number;
  /**
   * Counts a connection until its socket is closed. Beyond the limit the oldest one that nobody has shown a key on makes
   * room for it; false, with the socket ended, where there is none.
   */
  admit(socket: Socket, connection: Connection): boolean;
}

/** So often the log says at most that connections were ended or refused. */
const toldEveryMs = 60_000;

/** Nobody is connected yet. */
export function createCensus({ limit, log }: { limit: number; log: Log }): Census {
  const sockets = new Map<Connection, Socket>();
  /** In the order in which they came. Who has become known since is still among them until somebody looks. */
  const strangers = new Set<Connection>();
  let toldMs = Number.NEGATIVE_INFINITY;
  const tell = () => {
    if (performance.now() - toldMs < toldEveryMs) return;
    toldMs = performance.now();
    log.warn(
      { limit },
      "as many connections are open as AXONFLOW_MAX_CONNECTIONS allows: those that show no key make room, and others are refused",
    );
  };
  const remove = (connection: Connection) => {
    sockets.delete(connection);
    strangers.delete(connection);
  };
  const oldestStranger = () => {
    for (const connection of strangers) {
      if (!connection.isKnown) return connection;
      strangers.delete(connection);
    }
    return undefined;
  };
  return {
    get size() {
      return sockets.size;
    },
    admit(socket, connection) {
      if (sockets.size >= limit) {
        tell();
        const oldest = oldestStranger();
        if (!oldest) {
          socket.destroy();
          return false;
        }
        sockets.get(oldest)?.destroy();
        remove(oldest);
      }
      sockets.set(connection, socket);
      strangers.add(connection);
      socket.once("close", () => remove(connection));
      return true;
    },
  };
}
