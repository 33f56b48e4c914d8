import { createConnectHandler } from "../connect/handler.ts";
import { type Address, closingGraceMs, type Door, overdueGraceMs } from "../door.ts";
import type { Front } from "../front.ts";
import { newRequestId } from "../intake.ts";
import type { Health } from "../readiness.ts";
import { createRestHandler } from "../rest/complete.ts";
import type { Transport } from "../transport/transport.ts";
import { answerCors } from "./cors.ts";
import { type HttpExchange, type HttpResponse, sendJson } from "./exchange.ts";
import { listen } from "./listen.ts";

/** Opens the HTTP port: Connect, gRPC-Web and gRPC, REST, and the health of the process. */
export async function openHttpDoor(
  front: Front,
  address: Address,
  transport: Transport,
): Promise<Door> {
  const connect = createConnectHandler(front);
  const rest = createRestHandler(front);
  const answer = (exchange: HttpExchange) => {
    const { path, response } = exchange;
    if (answerCors(exchange, front.corsOrigins)) return;
    if (path === "/healthz") return sendLiveness(response, front.readiness());
    if (path === "/readyz") return sendReadiness(response, front.readiness());
    if (path === "/v1/complete") return void rest(exchange);
    if (!connect(exchange)) sendNotFound(exchange);
  };
  const listening = await listen(address, {
    transport,
    streamLimitMs: front.callTimeoutMs + overdueGraceMs,
    handle(request, response, connection) {
      const requestId = newRequestId();
      const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
      response.setHeader("x-request-id", requestId);
      answer({ request, response, connection, path, requestId });
    },
  });
  const close = () => listening.close(closingGraceMs);
  const dismiss = () => listening.dismiss(() => front.gate.enter(true).leave);
  return { ...listening, name: "HTTP", dismiss, close };
}

function sendLiveness(response: HttpResponse, { audit }: Health): void {
  sendJson(response, 200, { status: "ok", audit });
}

function sendReadiness(response: HttpResponse, { isReady, status, audit }: Health): void {
  sendJson(response, isReady ? 200 : 503, { status, audit });
}

function sendNotFound({ response, path, requestId }: HttpExchange): void {
  const message = `There is nothing at ${path.slice(0, 256)}. Ask POST /v1/complete, or a method of the contract.`;
  sendJson(response, 404, {
    error: { code: "NOT_FOUND", reason: "NO_SUCH_PATH", message, request_id: requestId },
  });
}
