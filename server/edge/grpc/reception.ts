import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import type { Principal } from "../../core/call.ts";
import { fromLibrary, logError } from "../errors.ts";
import type { Front } from "../front.ts";
import { newRequestId } from "../intake.ts";
import { detailsTrailer, grpcStatus } from "./status.ts";

/** What the reception found out about a call before its message was read. */
export interface Guest {
  readonly requestId: string;
  readonly principal: Principal;
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
export function createReception({ authenticate, log, maxMessageBytes }: Front): Reception {
  const guests = new WeakMap<Metadata, Guest>();
  return {
    interceptor(method, call) {
      if (!method.path.startsWith("/axonflow.")) return new ServerInterceptingCall(call);
      const requestId = newRequestId();
      explainStatus(call, requestId, maxMessageBytes);
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata(metadata, receive) {
              try {
                const principal = authenticate(metadata.get("authorization")[0]?.toString());
                guests.set(metadata, { requestId, principal });
                receive(metadata);
              } catch (error) {
                logError(log, method.path, error, requestId);
                call.sendStatus(grpcStatus(error, requestId));
              }
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

/** grpc-js sends its own errors through the call's `sendStatus` too; this sees them all. */
function explainStatus(
  call: ServerInterceptingCallInterface,
  requestId: string,
  limitBytes: number,
): void {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (status) => {
    const code = status.code ?? 0;
    const explained = code === 0 || status.metadata?.get(detailsTrailer).length;
    if (explained) return send(status);
    const message = status.details ?? "";
    send(grpcStatus(fromLibrary(code as number, message, limitBytes), requestId));
  };
}
