import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Connection } from "../transport/connection.ts";

/** Connections over HTTP/1.1, which cannot be told to go elsewhere once their answer has begun. */
export interface OwedAnswers {
  /** A connection, until its socket is closed. */
  add(connection: Connection, socket: Socket): void;
  /** A request has come on it, and this will be its answer. */
  answering(connection: Connection, response: ServerResponse): void;
  /**
   * The gateway refuses calls from now on, but for one more on each connection that is here: its answer tells. `hold` keeps the
   * gateway until what it gives is called, which is when the connection is closed or nobody has called on it for a while.
   */
  owe(hold: () => () => void): void;
}

/** Who uses a connection all the time calls again at once. */
const patienceMs = 1000;

interface Owed {
  readonly socket: Socket;
  /** What it was answered last, perhaps to its end. */
  response?: ServerResponse;
  /** Takes back the end of patience. */
  disarm: () => void;
}

/** No connection is there yet. */
export function createOwedAnswers(): OwedAnswers {
  const all = new Map<Connection, Owed>();
  return {
    add(connection, socket) {
      all.set(connection, { socket, disarm: () => {} });
      socket.once("close", () => all.delete(connection));
    },
    answering(connection, response) {
      const owed = all.get(connection);
      if (!owed) return;
      owed.response = response;
      owed.disarm();
    },
    owe(hold) {
      for (const [connection, owed] of all) {
        const { socket, response } = owed;
        connection.isOwed = true;
        const wait = () => {
          const overdue = setTimeout(() => socket.destroySoon(), patienceMs);
          owed.disarm = () => clearTimeout(overdue);
        };
        if (!response || response.closed) wait();
        else response.once("close", wait);
        const release = hold();
        socket.once("close", () => {
          owed.disarm();
          release();
        });
      }
    },
  };
}
