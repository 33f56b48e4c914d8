import {
  Code,
  ConnectError,
  type ContextValues,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { compressionGzip, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { AdminService } from "../../../gen/axonflow/gateway/v1/admin_pb.ts";
import { AuditService } from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import { CompletionService } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ModelService } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import { ShadowService } from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import { UsageService } from "../../../gen/axonflow/gateway/v1/usage_pb.ts";
import type { Principal } from "../../core/call.ts";
import { noDoorWatch, type WatchedCall } from "../../core/door-watch.ts";
import { GatewayError } from "../../core/error.ts";
import type { Origin } from "../../core/origin.ts";
import { fromLibrary, logError, toConnectError } from "../errors.ts";
import type { Front } from "../front.ts";
import { type HttpExchange, headerOf, isGone } from "../http/exchange.ts";
import { patience } from "../http/limit-chunks.ts";
import { idempotencyKeyHeader, replayedHeader } from "../idempotency-key.ts";
import type { Caller } from "../intake.ts";
import { refuseUnaddressed, requestOf } from "./addressed.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { limitBody, refuseInflated, refuseLongBody } from "./limit-body.ts";
import { unreadBody } from "./unread-body.ts";

/** Answers an exchange when it calls a method of the contract; false when it does not. */
export type ConnectHandler = (exchange: HttpExchange) => boolean;

/** Who calls, or why nobody may. */
type Admission =
  | (Watched & {
      readonly principal: Principal;
      readonly origin: Origin;
      readonly isOwed: boolean;
    })
  | (Watched & { readonly error: unknown });

interface Watched {
  readonly requestId: string;
  readonly watched: WatchedCall;
  /** Whether its message could be read, and the interceptors have it. */
  isRead: boolean;
}

const admissionKey = createContextKey<Admission>({
  requestId: "",
  isRead: false,
  watched: noDoorWatch.arrived({ protocol: "connect", method: "", context: ROOT_CONTEXT }),
  error: new Error("not admitted"),
});

/** Calls of this service stay, so they are refused where there is no room for them, before their message is read. */
const completionPath = `/${CompletionService.typeName}/`;

/** Connect, gRPC-Web and gRPC by connect-es, each chosen by the request's content type. */
export function createConnectHandler(front: Front): ConnectHandler {
  const methods = new Map(routes(front).map((method) => [method.requestPath, method]));
  return (exchange) => {
    const method = methods.get(exchange.path);
    if (!method) return false;
    void answer(method, exchange, front);
    return true;
  };
}

function routes(front: Front): UniversalHandler[] {
  const { intake, models, shadowReports, usage, admin, keys, audit, maxMessageBytes } = front;
  const router = createConnectRouter({
    interceptors: [createExplainer(front)],
    acceptCompression: [compressionGzip],
    // Above what `limitBody` reads, which refuses first and with details.
    readMaxBytes: maxMessageBytes * patience,
  });
  router.service(CompletionService, {
    complete: (request, context) => {
      refuseInflated(request, context.requestHeader, maxMessageBytes);
      return intake.complete(request, callerOf(context));
    },
    completeStream: (request, context) => {
      refuseInflated(request, context.requestHeader, maxMessageBytes);
      return intake.stream(request, callerOf(context));
    },
  });
  router.service(ModelService, {
    listModels: (request, { values }) => models.list(request, admittedOf(values)),
    getModel: (request, { values }) => models.get(request, admittedOf(values)),
  });
  router.service(ShadowService, { getShadowReport: (request) => shadowReports.get(request) });
  router.service(UsageService, {
    queryUsage: (request, { values }) => usage.query(request, admittedOf(values)),
    listBudgets: (request, { values }) => usage.listBudgets(request, admittedOf(values)),
  });
  router.service(AdminService, {
    getStatus: (request, { values }) => admin.getStatus(request, admittedOf(values)),
    setRoutingWeights: (request, { values }) =>
      admin.setRoutingWeights(request, admittedOf(values)),
    drainPlace: (request, { values }) => admin.drainPlace(request, admittedOf(values)),
    undrainPlace: (request, { values }) => admin.undrainPlace(request, admittedOf(values)),
    reload: (request, { values }) => admin.reload(request, admittedOf(values)),
    createKey: (request, { values }) => keys.create(request, admittedOf(values)),
    listKeys: (request, { values }) => keys.list(request, admittedOf(values)),
    revokeKey: (request, { values }) => keys.revoke(request, admittedOf(values)),
    rotateKey: (request, { values }) => keys.rotate(request, admittedOf(values)),
  });
  router.service(AuditService, {
    listAuditEntries: (request, { values }) => audit.list(request, admittedOf(values)),
    getAuditEntry: (request, { values }) => audit.get(request, admittedOf(values)),
    getInclusionProof: (request, { values }) => audit.prove(request, admittedOf(values)),
    verifyAuditLog: (request, context) => audit.verify(request, callerOf(context)),
    exportAuditLog: (request, { values }) => audit.copy(request, admittedOf(values)),
    pruneAuditLog: (request, { values }) => audit.prune(request, admittedOf(values)),
  });
  return [...router.handlers];
}

/**
 * connect-es reads a unary message before its interceptors run. A call that is refused by its headers alone is therefore
 * handed on with an empty message in place of its own, which is never read, and refused by the interceptor in its own
 * protocol.
 */
async function answer(
  method: UniversalHandler,
  exchange: HttpExchange,
  front: Front,
): Promise<void> {
  const { response, requestId } = exchange;
  const { maxMessageBytes, helpLinks } = front;
  const watched = arrived(method, exchange, front);
  const admission = admit(exchange, watched, front);
  const values = createContextValues().set(admissionKey, admission);
  const incoming = requestOf(exchange, values);
  if (!incoming) {
    watched.left({ code: Code.InvalidArgument });
    return refuseUnaddressed(exchange, helpLinks);
  }
  let answered: UniversalServerResponse | undefined;
  // What connect-es promises about a response does not settle for all of HTTP/2; this comes for every one.
  response.once("close", () => {
    const code = answered && response.writableEnded ? codeOf(answered) : Code.Canceled;
    watched.left({ code });
  });
  try {
    const accepted =
      "error" in admission
        ? unreadBody(incoming)
        : limitBody(incoming, maxMessageBytes, requestId, helpLinks);
    answered = await method(accepted);
    // Whatever is refused after that is explained by the interceptor.
    if (!admission.isRead) {
      answered = await explainRefusal(answered, requestId, maxMessageBytes, helpLinks);
    }
    await universalResponseToNodeResponse(answered, response);
  } catch (error) {
    const isLeft =
      isGone(response) ||
      GatewayError.from(fromConnect(error, maxMessageBytes)).code === Code.Canceled;
    watched.left({ code: isLeft ? Code.Canceled : Code.Internal });
    if (!isLeft) logError(front.log, exchange.path, error, requestId);
    response.destroy();
  }
}

function arrived(
  { requestPath }: UniversalHandler,
  { request }: HttpExchange,
  { watch }: Front,
): WatchedCall {
  const isGrpc = headerOf(request, "content-type")?.startsWith("application/grpc") ?? false;
  return watch.arrived({
    protocol: isGrpc ? "grpc" : "connect",
    method: requestPath.slice(1),
    context: propagation.extract(ROOT_CONTEXT, request.headers),
  });
}

/** Of an error that connect-es raised before the interceptors ran; they have told of all others. */
function codeOf({ status, header, trailer }: UniversalServerResponse): Code | undefined {
  const grpcStatus = Number(trailer?.get("grpc-status") ?? header?.get("grpc-status") ?? 0);
  if (grpcStatus > 0) return grpcStatus;
  return status >= 400 ? Code.InvalidArgument : undefined;
}

function admit(exchange: HttpExchange, watched: WatchedCall, front: Front): Admission {
  const { request, requestId, connection, path } = exchange;
  try {
    const authorization = headerOf(request, "authorization");
    const principal = front.authenticate(authorization, connection.certificate);
    connection.isKnown = true;
    if (path.startsWith(completionPath)) front.gate.refuseIfFull();
    refuseLongBody(request, front.maxMessageBytes);
    const { isOwed } = connection;
    return { requestId, watched, principal, origin: originOf(exchange), isOwed, isRead: false };
  } catch (error) {
    return { requestId, watched, error, isRead: false };
  }
}

function originOf({ request, connection }: HttpExchange): Origin {
  const protocol = protocolOf(headerOf(request, "content-type"));
  return connection.originOf(protocol, (name) => headerOf(request, name));
}

function protocolOf(contentType = ""): Origin["protocol"] {
  if (contentType.startsWith("application/grpc-web")) return "grpc-web";
  return contentType.startsWith("application/grpc") ? "grpc" : "connect";
}

/** Outermost interceptor: refuses who was not admitted, and gives every error its details on the way out. */
function createExplainer({ log, maxMessageBytes, helpLinks }: Front): Interceptor {
  return (next) => async (request) => {
    const admission = request.contextValues.get(admissionKey);
    admission.isRead = true;
    const explain = (thrown: unknown) => {
      const error = fromConnect(overdueOf(request.signal) ?? thrown, maxMessageBytes);
      logError(log, request.url, error, admission.requestId);
      admission.watched.left({ code: GatewayError.from(error).code });
      return toConnectError(error, admission.requestId, helpLinks);
    };
    try {
      if ("error" in admission) throw admission.error;
      const response = await next(request);
      if (!response.stream) return response;
      return { ...response, message: explained(response.message, explain) };
    } catch (error) {
      throw explain(error);
    }
  };
}

/** connect-es keeps the caller's deadline too; should its clock be the first, this is not a caller who went away. */
function overdueOf({ reason }: AbortSignal): ConnectError | undefined {
  return reason instanceof ConnectError && reason.code === Code.DeadlineExceeded
    ? reason
    : undefined;
}

/**
 * connect-es throws errors of its own, and passes on those of a body that grew too long. What it calls internal is a
 * message that it cannot read: our own faults never come as a ConnectError.
 */
function fromConnect(thrown: unknown, limitBytes: number): unknown {
  if (!(thrown instanceof ConnectError)) return thrown;
  // Its word for an answer that could not be written.
  if (thrown.code === Code.Aborted) return GatewayError.cancelled();
  const code = thrown.code === Code.Internal ? Code.InvalidArgument : thrown.code;
  return fromLibrary(code, thrown.rawMessage, limitBytes);
}

async function* explained<T>(
  messages: AsyncIterable<T>,
  explain: (error: unknown) => Error,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* messages;
  } catch (error) {
    throw explain(error);
  }
}

function callerOf(context: HandlerContext): Caller {
  const { values, signal, timeoutMs, requestHeader, responseHeader } = context;
  const { requestId, principal, origin, isOwed, watched } = admittedOf(values);
  return {
    requestId,
    principal,
    origin,
    isOwed,
    signal,
    timeoutMs: timeoutMs(),
    context: watched.context,
    idempotencyKey: requestHeader.get(idempotencyKeyHeader) ?? undefined,
    onReplay: () => responseHeader.set(replayedHeader, "true"),
  };
}

function admittedOf(values: ContextValues) {
  const admission = values.get(admissionKey);
  if ("error" in admission) throw admission.error;
  return admission;
}
