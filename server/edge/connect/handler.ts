import {
  type ContextValues,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import {
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import { propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { CompletionService } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ModelService } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Principal } from "../../core/call.ts";
import { logError, toConnectError } from "../errors.ts";
import type { Front } from "../front.ts";
import { type HttpExchange, headerOf, isHttp1 } from "../http/exchange.ts";
import type { Caller } from "../intake.ts";
import { limitBody } from "./limit-body.ts";
import { unreadBody } from "./unread-body.ts";

/** Answers an exchange when it calls a method of the contract; false when it does not. */
export type ConnectHandler = (exchange: HttpExchange) => boolean;

/** Who calls, or why nobody may. */
type Admission =
  | { readonly requestId: string; readonly principal: Principal }
  | { readonly requestId: string; readonly error: unknown };

const admissionKey = createContextKey<Admission>({
  requestId: "",
  error: new Error("not admitted"),
});

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
  const { intake, models, maxMessageBytes, callTimeoutMs } = front;
  const router = createConnectRouter({
    interceptors: [createExplainer(front)],
    acceptCompression: [compressionGzip],
    readMaxBytes: maxMessageBytes,
    maxTimeoutMs: callTimeoutMs,
  });
  router.service(CompletionService, {
    complete: (request, context) => intake.complete(request, callerOf(context)),
    completeStream: (request, context) => intake.stream(request, callerOf(context)),
  });
  router.service(ModelService, {
    listModels: (request) => models.list(request),
    getModel: (request) => models.get(request),
  });
  return [...router.handlers];
}

/**
 * connect-es reads a unary message before its interceptors run. A call without a valid key is therefore handed on with
 * an empty message in place of its own, which is never read, and refused by the interceptor in its own protocol.
 */
async function answer(
  method: UniversalHandler,
  exchange: HttpExchange,
  front: Front,
): Promise<void> {
  const { request, response, requestId } = exchange;
  const admission = admit(exchange, front);
  const values = createContextValues().set(admissionKey, admission);
  const incoming = universalRequestFromNodeRequest(request, response, undefined, values);
  const refused = "error" in admission;
  if (refused && isHttp1(response)) response.setHeader("connection", "close");
  try {
    const accepted = refused
      ? unreadBody(incoming)
      : limitBody(incoming, front.maxMessageBytes, requestId);
    await universalResponseToNodeResponse(await method(accepted), response);
  } catch (error) {
    if (!response.destroyed) logError(front.log, exchange.path, error, requestId);
    response.destroy();
  }
}

function admit({ request, requestId }: HttpExchange, { authenticate }: Front): Admission {
  try {
    return { requestId, principal: authenticate(headerOf(request, "authorization")) };
  } catch (error) {
    return { requestId, error };
  }
}

/** Outermost interceptor: refuses who was not admitted, and gives every error its details on the way out. */
function createExplainer({ log }: Front): Interceptor {
  return (next) => async (request) => {
    const admission = request.contextValues.get(admissionKey);
    const explain = (error: unknown) => {
      logError(log, request.url, error, admission.requestId);
      return toConnectError(error, admission.requestId);
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

function callerOf({ values, signal, timeoutMs, requestHeader }: HandlerContext): Caller {
  const { requestId, principal } = admittedOf(values);
  return {
    requestId,
    principal,
    signal,
    timeoutMs: timeoutMs(),
    context: propagation.extract(ROOT_CONTEXT, requestHeader, headersGetter),
  };
}

function admittedOf(values: ContextValues) {
  const admission = values.get(admissionKey);
  if ("error" in admission) throw admission.error;
  return admission;
}

const headersGetter = {
  get: (headers: Headers, key: string) => headers.get(key) ?? undefined,
  keys: (headers: Headers) => [...headers.keys()],
};
