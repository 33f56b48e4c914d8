import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { type Clock, systemClock } from "../../core/clock.ts";
import { abortError } from "../../core/signals.ts";
import { type Connection, type ConnectionsOptions, createConnections } from "./connections.ts";
import { createBody, type ResponseBody } from "./response-body.ts";

/** One POST. */
export interface HttpRequest {
  readonly path: string;
  /** Names and values in turn; neither `host` nor `content-length`, which belong to the connection. */
  readonly headers: readonly string[];
  readonly body: string | Buffer;
}

/** The head of a response, its body still to be read. Who does not read it to its end aborts the signal. */
export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  readonly body: ResponseBody;
}

/** Sends requests to one origin over kept connections. */
export interface HttpClient {
  /**
   * Resolves with the head. Rejects with Node's or undici's error where the network fails. An abort of the signal,
   * before or after the head, closes the connection at once.
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  close(): void;
}

/** Creates a client; it connects when it first sends. */
export function createHttpClient({
  clock = systemClock,
  ...options
}: ConnectionsOptions & { readonly clock?: Pick<Clock, "now"> }): HttpClient {
  const connections = createConnections(options);
  return {
    async send(request, signal) {
      const connection = await connections.take(signal);
      const { isUsed } = connection;
      const sentMs = clock.now();
      let hasAnswered = false;
      const onAnswer = () => {
        hasAnswered = true;
      };
      try {
        return await exchange(connection, request, signal, onAnswer);
      } catch (error) {
        const isStale = isUsed && !hasAnswered && clock.now() - sentMs < staleWithinMs;
        if (!isStale || !wasClosed(error) || signal.aborted) throw error;
      }
      return exchange(await connections.take(signal, "fresh"), request, signal, onAnswer);
    },
    close: () => connections.close(),
  };
}

/**
 * A server closes idle connections when it likes, and its closing may be on its way while we send. Such a request was
 * never read, so it goes once more, over a connection that nobody has used (RFC 9112, 9.3.1 and 9.6). One that breaks
 * later, or after a first byte of answer, may have been worked on: whether to ask again is then for the pipeline to say.
 */
const staleWithinMs = 1000;

const closedCodes: ReadonlySet<unknown> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

function wasClosed(error: unknown): boolean {
  return error instanceof Error && closedCodes.has((error as NodeJS.ErrnoException).code);
}

/** One request over one connection, which is given back or broken whatever happens. */
function exchange(
  connection: Connection,
  { path, headers, body }: HttpRequest,
  signal: AbortSignal,
  onAnswer: () => void,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let isOver = false;
    const fail = (error: Error) => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener("abort", onAbort);
      reject(error);
      writer.fail(error);
      controller?.abort(error);
      connection.break();
    };
    const onAbort = () => fail(abortError(signal));
    const writer = createBody({
      pause: () => controller?.pause(),
      resume: () => controller?.resume(),
      leave: () => fail(new Error("nobody wants the rest of the response")),
    });
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    connection.client.dispatch(
      { path, method: "POST", headers: headers as string[], body },
      {
        onRequestStart(started) {
          controller = started;
        },
        onResponseStarted: onAnswer,
        onResponseStart(_, status, answered) {
          if (status >= 200) resolve({ status, headers: answered, body: writer.body });
        },
        onResponseData: (_, bytes) => writer.push(bytes),
        onResponseEnd() {
          isOver = true;
          signal.removeEventListener("abort", onAbort);
          connection.giveBack();
          writer.end();
        },
        onResponseError: (_, error) => fail(error),
      },
    );
  });
}
