import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Connection } from "./connection.ts";
import type { TransportLimits } from "./transport-limits.ts";

/** A peer that has gone without a word is noticed after a minute and a half. */
const keepaliveMs = 60_000;
const keepaliveTimeoutMs = 30_000;

/** The stream id of "all streams": nobody new should come, and whoever is on the way is welcome (RFC 9113, section 6.8). */
const anyStream = 2 ** 31 - 1;

/** A GOAWAY frame of 8 bytes on stream 0 with that id and NO_ERROR. */
const shutdownNotice = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** How long the other side may take to hear of it. */
const farewellMs = 1000;

export interface SessionLimits extends TransportLimits {
  /** After how long a stream that calls a method of the contract is reset, whoever does not read or write. */
  readonly streamLimitMs: number;
}

/** A session, and what it runs over. */
export interface GuardedSession {
  readonly session: ServerHttp2Session;
  readonly socket: Socket;
  readonly connection: Connection;
}

/**
 * Ends an HTTP/2 session that is idle, old or dead, and every stream that takes longer than a call may. Gives what asks the
 * other side to go elsewhere with new calls.
 */
export function guardSession(
  { session, socket, connection }: GuardedSession,
  limits: SessionLimits,
): () => void {
  let isRetired = false;
  const retireOnce = () => {
    if (!isRetired) retire(session, socket);
    isRetired = true;
  };
  let streams = 0;
  const idle = setTimeout(() => {
    if (streams === 0) retireOnce();
  }, limits.idleConnectionMs).unref();
  const streamClosed = () => {
    streams -= 1;
    if (streams === 0) idle.refresh();
  };
  session.on("stream", (stream, headers) => {
    // It was reset before anybody was told of it, and may never say that it closes.
    if (stream.destroyed) return;
    streams += 1;
    stream.once("close", streamClosed);
    if (headers[":path"]?.startsWith(contractPaths)) endOverdue(stream, limits.streamLimitMs);
  });
  const stopPinging = keepAlive(session);
  const stopAgeing = ageing(limits, () => {
    connection.isAged = true;
    retireOnce();
    return () => session.destroy();
  });
  // A connection that does what it may not, or breaks off, is nobody's fault here.
  session.on("error", () => {});
  session.once("close", () => {
    clearTimeout(idle);
    stopPinging();
    stopAgeing();
  });
  return retireOnce;
}

/** Not health, which is watched for as long as the watcher lives. */
const contractPaths = "/axonflow.";

function endOverdue(stream: ServerHttp2Stream, limitMs: number): void {
  const overdue = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), limitMs).unref();
  stream.once("close", () => clearTimeout(overdue));
}

/** Calls back when a connection is old; what that gives is called when its grace is over too. */
export function ageing(
  { maxConnectionAgeMs, maxConnectionAgeGraceMs }: TransportLimits,
  grown: () => () => void,
): () => void {
  if (maxConnectionAgeMs === 0) return () => {};
  // So that connections that were made together do not end together.
  const ageMs = maxConnectionAgeMs * (0.9 + Math.random() * 0.2);
  let timer = setTimeout(() => {
    const end = grown();
    timer = setTimeout(end, maxConnectionAgeGraceMs).unref();
  }, ageMs).unref();
  return () => clearTimeout(timer);
}

/**
 * Tells the other side to go elsewhere with new calls, and hears those out that it sent before it knew: only when it has
 * answered is the session closed, and it ends with its last stream.
 */
function retire(session: ServerHttp2Session, socket: Socket): void {
  if (session.closed || session.destroyed) return;
  const close = () => {
    clearTimeout(overdue);
    if (!session.destroyed) session.close();
  };
  const overdue = setTimeout(close, farewellMs).unref();
  // From its own GOAWAY on, whatever that says, nghttp2 reads no new stream, and those on the way would be lost. Below the
  // session the frame can be written without its knowledge, between two of its writes, which are of whole frames. TLS takes
  // one write at a time, and nobody but the session knows of its own.
  if (socket instanceof TLSSocket) session.goaway(constants.NGHTTP2_NO_ERROR, anyStream);
  else socket.write(shutdownNotice);
  ping(session, close);
}

function keepAlive(session: ServerHttp2Session): () => void {
  let overdue: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    overdue = setTimeout(() => session.destroy(), keepaliveTimeoutMs).unref();
    ping(session, () => clearTimeout(overdue));
  }, keepaliveMs).unref();
  return () => {
    clearInterval(timer);
    clearTimeout(overdue);
  };
}

/** One that cannot be sent, because so many are under way, is not answered either. */
function ping(session: ServerHttp2Session, answered: () => void): void {
  if (session.destroyed) return;
  session.ping((error) => {
    if (!error) answered();
  });
}
