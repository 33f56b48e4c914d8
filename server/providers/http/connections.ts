import { Socket } from "node:net";
import { buildConnector, Client } from "undici";
import { untilAborted } from "../../core/signals.ts";

/** Connections to one origin, HTTP/1.1 and kept alive, each carrying one request at a time. */
export interface Connections {
  /**
   * A connection for one request; waits for one where all are busy. `fresh` asks for one that has never been used.
   * Rejects with the signal's error, or with `QueueFullError`. Whoever takes one gives it back or breaks it.
   */
  take(signal: AbortSignal, kind?: "any" | "fresh"): Connection | Promise<Connection>;
  /** Breaks all connections; those who wait are told. */
  close(): void;
}

/** A connection that was taken. */
export interface Connection {
  readonly client: Client;
  /** Whether its socket has carried a request before: the other side may have closed it without our knowing yet. */
  readonly isUsed: boolean;
  /** The answer was read to its end: somebody else may have the connection. */
  giveBack(): void;
  /** Closes the socket at once, in whatever state it is. */
  break(): void;
}

/** How many, and how long. */
export interface ConnectionsOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly maxConnections?: number;
  /** How many requests may wait for a connection. */
  readonly maxWaiting?: number;
  /** How long a connection may take to be made, its TLS handshake included. */
  readonly connectTimeoutMs?: number;
  /** How long an idle connection is kept; shorter than load balancers keep theirs, so that we are the ones who close. */
  readonly idleTimeoutMs?: number;
}

/** There are as many requests on their way as the gateway lets wait. */
export class QueueFullError extends Error {
  readonly code = "EQUEUEFULL";
}

interface Waiter {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: Error) => void;
}

/** Begins without any connection. The one used last is taken first, so that those that are not needed grow idle. */
export function createConnections({
  origin,
  maxConnections = 4096,
  maxWaiting = 4096,
  connectTimeoutMs = 5000,
  idleTimeoutMs = 30_000,
}: ConnectionsOptions): Connections {
  const idle: Connection[] = [];
  const open = new Set<Connection>();
  const waiting = new Set<Waiter>();
  // One connector for all, because it keeps the TLS sessions with which the next handshake is short.
  const connector = buildConnector({ timeout: connectTimeoutMs, allowH2: false });

  function create(): Connection {
    let connecting: Socket | undefined;
    const connect: typeof connector = (to, done) => {
      const made: unknown = connector(to, (...result) => {
        connecting = undefined;
        done(...result);
      });
      // undici itself would go on connecting for a client that is destroyed.
      if (made instanceof Socket) connecting = made;
    };
    // Time belongs to the pipeline: a model may think for minutes before the first header.
    const client = new Client(origin, {
      connect,
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleTimeoutMs,
    });
    let isUsed = false;
    const connection: Connection = {
      client,
      get isUsed() {
        return isUsed;
      },
      giveBack() {
        if (!open.has(connection)) return;
        isUsed = true;
        const next = firstOf(waiting);
        if (next) next.resolve(connection);
        else idle.push(connection);
      },
      break() {
        drop(connection);
        connecting?.destroy(new Error("nobody waits for this connection"));
        void client.destroy();
      },
    };
    client.on("disconnect", () => {
      isUsed = false;
      const at = idle.indexOf(connection);
      if (at === -1) return;
      idle.splice(at, 1);
      drop(connection);
      void client.destroy();
    });
    open.add(connection);
    return connection;
  }

  /** Makes room for somebody who waits. */
  function drop(connection: Connection): void {
    if (!open.delete(connection)) return;
    const next = firstOf(waiting);
    if (next) next.resolve(create());
  }

  function wait(signal: AbortSignal): Promise<Connection> {
    if (waiting.size >= maxWaiting) {
      throw new QueueFullError(`${maxWaiting} requests wait for a connection to ${origin}`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const waiter: Waiter = { resolve, reject };
    waiting.add(waiter);
    return untilAborted(promise, signal).catch((error: unknown) => {
      // Whoever was given a connection in the very moment of leaving passes it on.
      if (!waiting.delete(waiter))
        promise.then(
          (connection) => connection.giveBack(),
          () => {},
        );
      throw error;
    });
  }

  return {
    take(signal, kind = "any") {
      const found = kind === "any" ? idle.pop() : undefined;
      if (found) return found;
      if (open.size < maxConnections) return create();
      // All are open: the one that has been idle longest makes room for a fresh one.
      const oldest = idle.shift();
      if (oldest) {
        open.delete(oldest);
        void oldest.client.destroy();
        return create();
      }
      return wait(signal);
    },
    close() {
      const closed = new Error("the connections were closed");
      for (const waiter of waiting) waiter.reject(closed);
      waiting.clear();
      idle.length = 0;
      for (const { client } of open) void client.destroy();
      open.clear();
    },
  };
}

/** Takes the one who has waited longest. */
function firstOf(waiting: Set<Waiter>): Waiter | undefined {
  for (const waiter of waiting) {
    waiting.delete(waiter);
    return waiter;
  }
  return undefined;
}
