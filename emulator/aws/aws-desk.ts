import { randomUUID } from "node:crypto";
import { type AuthenticatorOptions, createAuthenticator } from "../authenticate.ts";
import { BedrockException } from "../bedrock-exception.ts";
import type { Exchange, ReceivedRequest } from "../exchange.ts";
import { parseAuthorization } from "../signature.ts";
import type { AwsAccount } from "./aws-account.ts";
import { AwsError } from "./aws-error.ts";
import type { AwsFaultAction, AwsFaults, FaultTarget } from "./aws-faults.ts";
import type { AwsReply, AwsService } from "./aws-service.ts";

/** One call as it arrived. */
export interface AwsLogEntry extends FaultTarget {
  readonly request: ReceivedRequest;
  /** Of the answer; `undefined` while there is none, and for calls that never get one. */
  status?: number;
}

/** What the desk is made of. */
export interface AwsDeskOptions extends Omit<AuthenticatorOptions, "services" | "bearerTokens"> {
  readonly account: AwsAccount;
  readonly services: readonly AwsService[];
  readonly faults: AwsFaults;
  readonly log: (entry: AwsLogEntry) => void;
}

/** Answers the requests to AWS's control services, one at a time. */
export interface AwsDesk {
  answer(request: ReceivedRequest, exchange: Exchange): Promise<void>;
}

/** Errors of the front door have other names in the XML services. */
const xmlNames: Readonly<Record<string, string>> = {
  UnrecognizedClientException: "InvalidClientTokenId",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
};
const xmlServices = ["s3", "sts", "iam", "ec2"];

/** Creates the desk: it finds the service by the signature's scope, checks it, and answers. */
export function createAwsDesk(options: AwsDeskOptions): AwsDesk {
  const { services, faults, log, account } = options;
  const authenticate = createAuthenticator({
    ...options,
    bearerTokens: [],
    services: services.map(({ name }) => name),
  });
  return {
    async answer(request, exchange) {
      const scope = parseAuthorization(request.headers.authorization ?? "");
      const service = services.find(({ name }) => name === scope?.service);
      if (!scope || !service)
        return void (await send(exchange, unknownService(request), options.now()));
      const operation = service.operationOf(request) ?? "unknown";
      const target = { service: service.name, operation, region: scope.region };
      const entry: AwsLogEntry = { ...target, request };
      log(entry);
      const action = faults.strike(target);
      if (action?.kind === "reset") return exchange.reset();
      if (action?.kind === "stall") return;
      const reply = replyTo(
        () => {
          if (action) throw struck(action, service, operation, account);
          checkAccess(authenticate, request, service);
          return service.answer({ request, region: scope.region, operation });
        },
        service,
        request,
      );
      entry.status = reply.status;
      await send(exchange, reply, options.now());
    },
  };
}

function replyTo(answer: () => AwsReply, service: AwsService, request: ReceivedRequest): AwsReply {
  try {
    if (service.operationOf(request) === undefined) {
      throw new AwsError("UnknownOperationException", "The emulator does not have this operation");
    }
    return answer();
  } catch (error) {
    const known = error instanceof AwsError;
    const words = error instanceof Error ? error.message : String(error);
    return service.refusal(known ? error : new AwsError("InternalFailure", words, 500), request);
  }
}

function checkAccess(
  authenticate: (request: ReceivedRequest) => void,
  request: ReceivedRequest,
  { name }: AwsService,
): void {
  try {
    authenticate(request);
  } catch (error) {
    if (!(error instanceof BedrockException)) throw error;
    const code = xmlServices.includes(name) ? xmlNames[error.exception] : undefined;
    throw new AwsError(code ?? error.exception, error.message, 403);
  }
}

function struck(
  action: Exclude<AwsFaultAction, { kind: "reset" | "stall" }> | AwsFaultAction,
  service: AwsService,
  operation: string,
  { caller }: AwsAccount,
): AwsError {
  if (action.kind === "error") {
    return new AwsError(action.code, action.message ?? action.code, action.status ?? 400);
  }
  if (action.kind === "reset" || action.kind === "stall") throw new Error("Not an error");
  const { code, status } = service.mishap(action.kind);
  const words = {
    throttle: "Rate exceeded",
    "server-error": "An internal error occurred",
    "access-denied": `User: ${caller.arn} is not authorized to perform: ${service.name}:${operation} because no identity-based policy allows the ${service.name}:${operation} action`,
  };
  return new AwsError(code, words[action.kind], status);
}

function unknownService({ headers }: ReceivedRequest): AwsReply {
  const scope = headers.authorization === undefined ? "no signature" : headers.authorization;
  const message = `The emulator has no service for ${scope.replace(/Signature=.*/, "")}`;
  return {
    status: 403,
    headers: { "Content-Type": "application/json" },
    body: Buffer.from(JSON.stringify({ __type: "UnknownServiceException", message })),
  };
}

async function send(
  exchange: Exchange,
  { status, headers, body }: AwsReply,
  nowMs: number,
): Promise<void> {
  const length = headers["Content-Length"] ?? body.length;
  const requestId = randomUUID();
  const head = {
    ...headers,
    ...(status !== 204 && { "Content-Length": length }),
    Date: new Date(nowMs).toUTCString(),
    "x-amzn-RequestId": requestId,
    "x-amz-request-id": requestId,
  };
  try {
    await exchange.finish({ status, headers: head }, body);
  } catch {
    exchange.reset();
  }
}
