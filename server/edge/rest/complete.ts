import { propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import type { WatchedCall } from "../../core/door-watch.ts";
import { GatewayError, reasonName } from "../../core/error.ts";
import { logError, malformedRequest } from "../errors.ts";
import type { Front } from "../front.ts";
import {
  type HttpExchange,
  type HttpResponse,
  headerOf,
  isGone,
  isHttp1,
  sendJson,
} from "../http/exchange.ts";
import { idempotencyKeyHeader, replayedHeader } from "../idempotency-key.ts";
import type { Caller } from "../intake.ts";
import { roomToWrite } from "../room-to-write.ts";
import { type RestEvent, restAnswer, restError, restEvent } from "./answer.ts";
import { readRestRequest } from "./request.ts";

/** Answers `POST /v1/complete`, in JSON or as server-sent events. */
export type RestHandler = (exchange: HttpExchange) => Promise<void>;

/** The REST door. Never throws: every error is answered. */
export function createRestHandler(front: Front): RestHandler {
  return async (exchange) => {
    const { request, response, connection, path, requestId } = exchange;
    const watched = front.watch.arrived({
      protocol: "http",
      method: `${request.method} ${path}`,
      context: propagation.extract(ROOT_CONTEXT, request.headers),
    });
    try {
      if (request.method !== "POST") return sendMethodNotAllowed(exchange, watched, front);
      const { certificate } = connection;
      const principal = front.authenticate(headerOf(request, "authorization"), certificate);
      connection.isKnown = true;
      front.gate.refuseIfFull();
      const { request: asked, stream } = await readRestRequest(request, front.maxMessageBytes);
      const caller: Caller = {
        requestId,
        principal,
        origin: connection.originOf("rest", (name) => headerOf(request, name)),
        signal: departureOf(response),
        timeoutMs: timeoutMsOf(headerOf(request, "x-request-timeout-ms")),
        context: watched.context,
        idempotencyKey: headerOf(request, idempotencyKeyHeader),
        isOwed: connection.isOwed,
        onReplay: () => response.setHeader(replayedHeader, "true"),
      };
      if (stream) {
        const events = front.intake.stream(asked, caller);
        await sendEvents(response, events, caller, front.callTimeoutMs);
      } else sendJson(response, 200, restAnswer(await front.intake.complete(asked, caller)));
      watched.left({ httpStatus: 200 });
    } catch (error) {
      logError(front.log, path, error, requestId);
      sendError(exchange, error, watched, front);
    }
  };
}

function sendError(
  { response, requestId }: HttpExchange,
  thrown: unknown,
  watched: WatchedCall,
  { helpLinks }: Front,
): void {
  const { status, headers, body, error } = restError(thrown, requestId, helpLinks);
  const { headersSent } = response;
  if (!isGone(response) && headersSent) endWith(response, { name: "error", body });
  else if (!isGone(response)) sendJson(response, status, body, headers);
  const { code, reason } = error;
  watched.left({ code, reason: reasonName(reason), httpStatus: headersSent ? 200 : status });
}

function sendMethodNotAllowed(
  { response, requestId }: HttpExchange,
  watched: WatchedCall,
  { helpLinks }: Front,
): void {
  const { body } = restError(malformedRequest("Use POST."), requestId, helpLinks);
  sendJson(response, 405, body, { allow: "POST" });
  watched.left({ httpStatus: 405 });
}

/** Aborts when the response closes before it was finished. */
function departureOf(response: HttpResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(GatewayError.cancelled());
  });
  return controller.signal;
}

function timeoutMsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const timeoutMs = Number(header);
  if (Number.isInteger(timeoutMs) && timeoutMs > 0) return timeoutMs;
  throw GatewayError.invalid({
    field: "X-Request-Timeout-Ms",
    description: "Must be a whole number of milliseconds above 0.",
  });
}

/** The status line waits for the first event, so that a call that fails before it is answered with its own status. */
async function sendEvents(
  response: HttpResponse,
  events: AsyncIterable<Parameters<typeof restEvent>[0]>,
  { signal }: Caller,
  limitMs: number,
): Promise<void> {
  for await (const event of events) {
    if (!response.headersSent) {
      const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
      if (isHttp1(response)) response.writeHead(200, headers);
      else response.writeHead(200, headers);
    }
    if (!write(response, restEvent(event))) await roomToWrite(response, signal, limitMs);
  }
  response.end();
}

function write(response: HttpResponse, { name, body }: RestEvent): boolean {
  const text = `event: ${name}\ndata: ${JSON.stringify(body)}\n\n`;
  return isHttp1(response) ? response.write(text) : response.write(text);
}

function endWith(response: HttpResponse, event: RestEvent): void {
  write(response, event);
  response.end();
}
