import { Code } from "@connectrpc/connect";
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { type Context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import type { Principal } from "../../core/call.ts";
import type { WatchedCall } from "../../core/door-watch.ts";
import { fromLibrary, logError } from "../errors.ts";
import type { Front } from "../front.ts";
import { newRequestId } from "../intake.ts";
import { detailsTrailer, grpcStatus } from "./status.ts";

/** What the reception found out about a call before its message was read. */
export interface Guest {
  readonly requestId: string;
  readonly principal: Principal;
  /** With the caller's trace, where it sent one. */
  readonly context: Context;
}

/** The first thing that a gRPC call meets. */
export interface Reception {
  readonly interceptor: ServerInterceptor;
  /** The guest behind the metadata object that a handler was given. */
  guestOf(metadata: Metadata): Guest;
}

/**
 * Checks the licence key when the headers are there and before the message is read, and gives every error that
 * grpc-js raises itself (message too large, deadline, unknown encoding) the details that all errors here have.
 * Health and reflection need no key.
 */
export function createReception({ authenticate, log, maxMessageBytes, watch }: Front): Reception {
  const guests = new WeakMap<Metadata, Guest>();
  return {
    interceptor(method, call) {
      if (!method.path.startsWith("/axonflow.")) return new ServerInterceptingCall(call);
      const requestId = newRequestId();
      // The caller's headers come a moment later, in the same turn.
      let watched: WatchedCall | undefined;
      const left = (code?: Code) => watched?.left({ code });
      explainStatus(call, { requestId, limitBytes: maxMessageBytes, left });
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata(metadata, receive) {
              const arrival = { protocol: "grpc", method: method.path.slice(1) } as const;
              const from = propagation.extract(ROOT_CONTEXT, metadata, metadataGetter);
              watched = watch.arrived({ ...arrival, context: from });
              try {
                const principal = authenticate(metadata.get("authorization")[0]?.toString());
                guests.set(metadata, { requestId, principal, context: watched.context });
                receive(metadata);
              } catch (error) {
                logError(log, method.path, error, requestId);
                call.sendStatus(grpcStatus(error, requestId));
              }
            },
            onCancel() {
              left(Code.Canceled);
            },
          }),
      });
    },
    guestOf(metadata) {
      const guest = guests.get(metadata);
      if (!guest) throw new Error("a call came past the reception");
      return guest;
    },
  };
}

/** What a status is explained with, and who is told of it. */
interface Explanation {
  readonly requestId: string;
  readonly limitBytes: number;
  readonly left: (code?: Code) => void;
}

/** grpc-js sends its own errors through the call's `sendStatus` too; this sees them all. */
function explainStatus(
  call: ServerInterceptingCallInterface,
  { requestId, limitBytes, left }: Explanation,
): void {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (status) => {
    const code = status.code ?? 0;
    left(code === 0 ? undefined : (code as number));
    const explained = code === 0 || status.metadata?.get(detailsTrailer).length;
    if (explained) return send(status);
    const message = status.details ?? "";
    send(grpcStatus(fromLibrary(code as number, message, limitBytes), requestId));
  };
}

const metadataGetter = {
  get: (metadata: Metadata, key: string) => metadata.get(key).map(String),
  keys: (metadata: Metadata) => Object.keys(metadata.getMap()),
};
