import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { SignedRequest } from "./signature.ts";

/** Requests of either protocol; both are readable streams with the same members. */
export type Incoming = IncomingMessage | Http2ServerRequest;

/** Responses of either protocol. */
export type Outgoing = ServerResponse | Http2ServerResponse;

/** What arrived, exactly: path as sent, header names in lower case, the body's bytes. */
export interface ReceivedRequest extends SignedRequest {
  readonly httpVersion: "1.1" | "2";
  readonly remoteAddress: string;
}

/** Status and headers of an answer. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** Who ended an exchange before its answer was finished. */
export type AbortedBy = "peer" | "emulator";

/**
 * One request with the means to answer it, the same over HTTP/1.1 and HTTP/2. Every wait ends when
 * the signal aborts; its reason is an `AbortedBy`.
 */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Sends status and headers at once, before any body. */
  start(head: ReplyHead): void;
  /** Sends a whole answer at once; like `start`, `write` and `end`, in one packet. */
  finish(head: ReplyHead, body: Buffer): Promise<void>;
  /** Writes, and waits while the reader is behind. */
  write(bytes: Buffer): Promise<void>;
  /** Writes, and waits until the bytes have left this process. */
  flush(bytes: Buffer): Promise<void>;
  /** Ends the answer cleanly. */
  end(): Promise<void>;
  /** Breaks the connection (HTTP/1.1) or the stream (HTTP/2, INTERNAL_ERROR). */
  reset(): void;
  /** Says that nobody waits for the rest of the answer; does nothing to a finished one. */
  abort(by: AbortedBy): void;
}

/** Creates the exchange for a response, which is aborted as soon as the peer closes it. */
export function createExchange(response: Outgoing): Exchange {
  const controller = new AbortController();
  const { signal } = controller;
  let finished = false;
  const abort = (by: AbortedBy) => {
    if (!finished) controller.abort(by);
  };
  response.once("close", () => abort("peer"));
  response.on("error", () => abort("peer"));
  const settle = (write: (done: () => void) => void) =>
    new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      write(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  const end = (body?: Buffer) =>
    settle((done) => {
      response.once("finish", () => {
        finished = true;
        done();
      });
      endBody(response, body);
    });
  return {
    signal,
    abort,
    start(head) {
      writeHead(response, head);
      if (!(response instanceof Http2ServerResponse)) response.flushHeaders();
    },
    async write(bytes) {
      signal.throwIfAborted();
      if (!writeBody(response, bytes)) await once(response, "drain", { signal });
    },
    flush: (bytes) => settle((done) => writeBody(response, bytes, done)),
    end: () => end(),
    finish(head, body) {
      signal.throwIfAborted();
      writeHead(response, head);
      return end(body);
    },
    reset() {
      abort("emulator");
      if (response instanceof Http2ServerResponse) {
        response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      } else {
        response.socket?.destroy();
      }
    },
  };
}

/** HTTP/2 has no `Connection` header (RFC 9113, section 8.2.2). */
function writeHead(response: Outgoing, { status, headers }: ReplyHead): void {
  if (response instanceof Http2ServerResponse) {
    const { Connection: _, ...others } = headers;
    response.writeHead(status, others);
  } else response.writeHead(status, headers);
}

function endBody(response: Outgoing, body: Buffer | undefined): void {
  if (!body) response.end();
  else if (response instanceof Http2ServerResponse) response.end(body);
  else response.end(body);
}

function writeBody(response: Outgoing, bytes: Buffer, done: () => void = () => {}): boolean {
  return response instanceof Http2ServerResponse
    ? response.write(bytes, "utf8", done)
    : response.write(bytes, done);
}
