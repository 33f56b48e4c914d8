import type { ServerHttp2Session } from "node:http2";

/** The HTTP/2 sessions of one port. */
export interface Sessions {
  /** Keeps it until it is closed. `retire` asks its other side to go elsewhere with new calls. */
  add(session: ServerHttp2Session, retire: () => void): void;
  /** Asks all of them to go elsewhere with new calls, and those that are yet to come too. */
  retire(): void;
  /** Ends each with its last stream. */
  close(): void;
}

/**
 * How long a session that comes to a port that is being left may stay before it is asked to go. Asked in its first moment, a
 * client would take it for a connection that failed.
 */
const newcomerMs = 250;

/** Nobody is connected yet. */
export function createSessions(): Sessions {
  const sessions = new Map<ServerHttp2Session, () => void>();
  let isLeaving = false;
  return {
    add(session, retire) {
      sessions.set(session, retire);
      session.once("close", () => sessions.delete(session));
      if (isLeaving) setTimeout(retire, newcomerMs).unref();
    },
    retire() {
      isLeaving = true;
      for (const retire of sessions.values()) retire();
    },
    close() {
      for (const session of sessions.keys()) session.close();
    },
  };
}
