import type { EventEmitter } from "node:events";
import type { Message } from "@bufbuild/protobuf";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { GatewayError } from "../../core/error.ts";
import { logError } from "../errors.ts";
import type { Front } from "../front.ts";
import { idempotencyKeyHeader, replayedHeader } from "../idempotency-key.ts";
import type { Caller } from "../intake.ts";
import { roomToWrite } from "../room-to-write.ts";
import type { Reception } from "./reception.ts";
import type { Received } from "./service-definition.ts";
import { grpcStatus } from "./status.ts";

type IncomingCall = ServerUnaryCall<Received, Message> | ServerWritableStream<Received, Message>;

/** A grpc-js handler for a method that answers once. */
export function unaryHandler<Request extends Message>(
  { log, helpLinks }: Front,
  reception: Reception,
  answer: (request: Request, caller: Caller) => Promise<Message> | Message,
): handleUnaryCall<Received, Message> {
  return async (call, respond) => {
    const { caller, departure } = callerOf(call, reception);
    try {
      respond(null, await answer(messageOf<Request>(call.request), caller));
    } catch (error) {
      logError(log, call.getPath(), error, caller.requestId);
      respond(grpcStatus(error, caller.requestId, helpLinks));
    } finally {
      departure.stop();
    }
  };
}

/** A grpc-js handler for a method that streams: the next event is asked for when the reader has room for it. */
export function streamHandler<Request extends Message>(
  { log, callTimeoutMs, helpLinks }: Front,
  reception: Reception,
  answer: (request: Request, caller: Caller) => AsyncIterable<Message>,
): handleServerStreamingCall<Received, Message> {
  return async (call) => {
    const { caller, departure } = callerOf(call, reception);
    try {
      for await (const message of answer(messageOf<Request>(call.request), caller)) {
        if (!call.write(message)) await roomToWrite(call, caller.signal, callTimeoutMs);
      }
      call.end();
    } catch (error) {
      logError(log, call.getPath(), error, caller.requestId);
      call.emit("error", grpcStatus(error, caller.requestId, helpLinks));
    } finally {
      departure.stop();
    }
  };
}

function messageOf<Request extends Message>(received: Received): Request {
  if ("error" in received) throw received.error;
  return received.message as Request;
}

function callerOf(call: IncomingCall, reception: Reception) {
  const { requestId, principal, origin, context } = reception.guestOf(call.metadata);
  const departure = watchDeparture(call);
  const caller: Caller = {
    requestId,
    principal,
    origin,
    signal: departure.signal,
    timeoutMs: timeoutMsOf(call),
    context,
    idempotencyKey: call.metadata.get(idempotencyKeyHeader)[0]?.toString(),
    onReplay: () => call.sendMetadata(replayed()),
  };
  return { caller, departure };
}

function replayed(): Metadata {
  const metadata = new Metadata();
  metadata.set(replayedHeader, "true");
  return metadata;
}

function watchDeparture(call: EventEmitter & { readonly cancelled: boolean }) {
  const controller = new AbortController();
  const leave = () => controller.abort(GatewayError.cancelled());
  if (call.cancelled) leave();
  else call.once("cancelled", leave);
  return { signal: controller.signal, stop: () => call.off("cancelled", leave) };
}

function timeoutMsOf(call: IncomingCall): number | undefined {
  const deadline = Number(call.getDeadline());
  return Number.isFinite(deadline) ? deadline - Date.now() : undefined;
}
