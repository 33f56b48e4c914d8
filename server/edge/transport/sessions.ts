import type { ServerHttp2Session } from "node:http2";
import { retire } from "./guard-session.ts";

/** The HTTP/2 sessions of one port. */
export interface Sessions {
  /** Keeps it until it is closed. */
  add(session: ServerHttp2Session): void;
  /** Asks all of them to go elsewhere with new calls, and those that are yet to come too. No call on its way is lost. */
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
  const sessions = new Set<ServerHttp2Session>();
  let isLeaving = false;
  return {
    add(session) {
      sessions.add(session);
      session.once("close", () => sessions.delete(session));
      if (isLeaving) setTimeout(() => retire(session), newcomerMs).unref();
    },
    retire() {
      isLeaving = true;
      for (const session of sessions) retire(session);
    },
    close() {
      for (const session of sessions) session.close();
    },
  };
}
