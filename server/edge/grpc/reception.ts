import { Code } from "@connectrpc/connect";
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { type Context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { CompletionService } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Principal } from "../../core/call.ts";
import type { WatchedCall } from "../../core/door-watch.ts";
import type { Origin } from "../../core/origin.ts";
import { fromLibrary, logError } from "../errors.ts";
import type { Front } from "../front.ts";
import type { HelpLinks } from "../help-links.ts";
import { newRequestId } from "../intake.ts";
import type { Readiness } from "../readiness.ts";
import type { Connection } from "../transport/connection.ts";
import { detailsTrailer, grpcStatus } from "./status.ts";

/** What the reception found out about a call before its message was read. */
export interface Guest {
  readonly requestId: string;
  readonly principal: Principal;
  readonly origin: Origin;
  /** With the caller's trace, where it sent one. */
  readonly context: Context;
}

/** Said on the metadata itself: a WeakMap that lives long keeps what it had until the old generation is collected. */
const guest = Symbol("guest");

type Announced = Metadata & { [guest]?: Guest };

/** The first thing that a gRPC call meets. */
export interface Reception {
  readonly interceptor: ServerInterceptor;
  /** Says on which connection the next call comes, in the turn in which it does. */
  arriving(connection: Connection): void;
  /** The guest behind the metadata object that a handler was given. */
  guestOf(metadata: Metadata): Guest;
}

/** Calls of this service stay, so they are refused where there is no room for them, before their message is read. */
const completionPath = `/${CompletionService.typeName}/`;

/**
 * Checks the licence key when the headers are there and before the message is read, and gives every error that
 * grpc-js raises itself (message too large, deadline, unknown encoding) the details that all errors here have.
 * Health and reflection need no key.
 */
export function createReception({
  authenticate,
  gate,
  log,
  maxMessageBytes,
  readiness,
  watch,
  helpLinks,
}: Front): Reception {
  let arriving: Connection | undefined;
  return {
    arriving(connection) {
      arriving = connection;
    },
    interceptor(method, call) {
      if (!method.path.startsWith("/axonflow.")) {
        blameTheCaller(call);
        return withAuditMode(call, readiness);
      }
      const connection = arriving;
      if (!connection) throw new Error("a call came past its connection");
      const requestId = newRequestId();
      const stays = method.path.startsWith(completionPath);
      // The caller's headers come a moment later, in the same turn.
      let watched: WatchedCall | undefined;
      const left = (code?: Code) => watched?.left({ code });
      explainStatus(call, { requestId, limitBytes: maxMessageBytes, helpLinks, left });
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata(metadata, receive) {
              const arrival = { protocol: "grpc", method: method.path.slice(1) } as const;
              const from = propagation.extract(ROOT_CONTEXT, metadata, metadataGetter);
              watched = watch.arrived({ ...arrival, context: from });
              try {
                const authorization = metadata.get("authorization")[0]?.toString();
                const principal = authenticate(authorization, connection.certificate);
                connection.isKnown = true;
                if (stays) gate.refuseIfFull();
                const origin = connection.originOf("grpc", (name) => headerIn(metadata, name));
                const { context } = watched;
                (metadata as Announced)[guest] = { requestId, principal, origin, context };
                receive(metadata);
              } catch (error) {
                logError(log, method.path, error, requestId);
                call.sendStatus(grpcStatus(error, requestId, helpLinks));
              }
            },
            onCancel() {
              left(Code.Canceled);
            },
          }),
      });
    },
    guestOf(metadata) {
      const announced = (metadata as Announced)[guest];
      if (!announced) throw new Error("a call came past the reception");
      return announced;
    },
  };
}

/** What a status is explained with, and who is told of it. */
interface Explanation {
  readonly requestId: string;
  readonly limitBytes: number;
  readonly helpLinks: HelpLinks | undefined;
  readonly left: (code?: Code) => void;
}

/** grpc-js sends its own errors through the call's `sendStatus` too; this sees them all. */
function explainStatus(
  call: ServerInterceptingCallInterface,
  { requestId, limitBytes, helpLinks, left }: Explanation,
): void {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (status) => {
    const code = status.code ?? 0;
    left(code === 0 ? undefined : (code as number));
    const explained = code === 0 || status.metadata?.get(detailsTrailer).length;
    if (explained) return send(status);
    const error = fromLibrary(codeOf(status) as number, status.details ?? "", limitBytes);
    send(grpcStatus(error, requestId, helpLinks));
  };
}

type SentStatus = Parameters<ServerInterceptingCallInterface["sendStatus"]>[0];

/** grpc-js calls INTERNAL what it cannot read in a request, in these words. */
const unreadable = /^(?:Failed to decompress|Invalid grpc-timeout|Error deserializing)/;

function codeOf({ code, details }: SentStatus): number {
  const isUnreadable = (code as number) === Code.Internal && unreadable.test(details ?? "");
  return isUnreadable ? Code.InvalidArgument : (code ?? 0);
}

/** Health and reflection have their own statuses, which stay as they are. */
function blameTheCaller(call: ServerInterceptingCallInterface): void {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (status) => send({ ...status, code: codeOf(status) });
}

/** One that came several times is joined with commas, as Node does over HTTP. */
function headerIn(metadata: Metadata, name: string): string | undefined {
  const values = metadata.get(name);
  return values.length > 0 ? values.join(",") : undefined;
}

const metadataGetter = {
  get: (metadata: Metadata, key: string) => metadata.get(key).map(String),
  keys: (metadata: Metadata) => Object.keys(metadata.getMap()),
};

/** Health's messages have no room for it, and whoever asks after health has to be told (`/readyz` says it too). */
function withAuditMode(
  call: ServerInterceptingCallInterface,
  readiness: Readiness,
): ServerInterceptingCall {
  return new ServerInterceptingCall(call, {
    sendMetadata(metadata, next) {
      metadata.set("axonflow-audit", readiness().audit);
      next(metadata);
    },
  });
}
