import { createConnectHandler } from "../connect/handler.ts";
import { type Address, closingGraceMs, type Door } from "../door.ts";
import type { Front } from "../front.ts";
import { newRequestId } from "../intake.ts";
import { createRestHandler } from "../rest/complete.ts";
import { answerCors } from "./cors.ts";
import { type HttpExchange, type HttpResponse, sendJson } from "./exchange.ts";
import { listen } from "./listen.ts";

/** How long after its call's last moment a response may stay open for a reader that does not read. */
const overdueGraceMs = 1000;

/** Opens the HTTP port: Connect, gRPC-Web and gRPC, REST, and the health of the process. */
export async function openHttpDoor(front: Front, address: Address): Promise<Door> {
  const connect = createConnectHandler(front);
  const rest = createRestHandler(front);
  const listening = await listen(address, (request, response) => {
    const requestId = newRequestId();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const exchange: HttpExchange = { request, response, path, requestId };
    response.setHeader("x-request-id", requestId);
    endOverdue(response, front.callTimeoutMs + overdueGraceMs);
    if (answerCors(exchange, front.corsOrigins)) return;
    if (path === "/healthz") return sendJson(response, 200, { status: "ok" });
    if (path === "/readyz") return sendReadiness(response, front.gate.open);
    if (path === "/v1/complete") return void rest(exchange);
    if (!connect(exchange)) sendNotFound(exchange);
  });
  const close = () => listening.close(closingGraceMs);
  return { name: "HTTP", port: listening.port, refuse() {}, close };
}

/** A reader that stopped reading would otherwise hold its response, and what is buffered for it, for ever. */
function endOverdue(response: HttpResponse, limitMs: number): void {
  const overdue = setTimeout(() => response.destroy(), limitMs).unref();
  response.once("close", () => clearTimeout(overdue));
}

function sendReadiness(response: HttpResponse, ready: boolean): void {
  sendJson(response, ready ? 200 : 503, { status: ready ? "ready" : "draining" });
}

function sendNotFound({ response, path, requestId }: HttpExchange): void {
  const message = `There is nothing at ${path.slice(0, 256)}. Ask POST /v1/complete, or a method of the contract.`;
  sendJson(response, 404, {
    error: { code: "NOT_FOUND", reason: "NO_SUCH_PATH", message, request_id: requestId },
  });
}
