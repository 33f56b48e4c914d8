import type { Code } from "@connectrpc/connect";
import type { Context } from "@opentelemetry/api";

/** A call as it comes in at a door, before anything of it was checked. */
export interface Arrival {
  /** What the caller speaks: gRPC and gRPC-Web, Connect, or plain HTTP. */
  readonly protocol: "grpc" | "connect" | "http";
  /** `package.Service/Method`; for plain HTTP the verb and the route, `POST /v1/complete`. One of a few, never free text. */
  readonly method: string;
  /** With the caller's trace, where it sent one. */
  readonly context: Context;
}

/** How a call left the door. */
export interface Departure {
  /** Absent for a good end. */
  readonly code?: Code | undefined;
  /** Of plain HTTP: what stood in the response's first line. */
  readonly httpStatus?: number | undefined;
  /** Why it failed, as in ErrorInfo. */
  readonly reason?: string | undefined;
}

/** A call that is being watched. */
export interface WatchedCall {
  /** The context that the call goes on with. */
  readonly context: Context;
  /** The last byte was handed over, or there will be none. Only the first word counts. */
  left(departure: Departure): void;
}

/** Sees every call of the contract from its headers to its end, refused ones too. */
export interface DoorWatch {
  arrived(arrival: Arrival): WatchedCall;
}

/** Sees nothing. */
export const noDoorWatch: DoorWatch = {
  arrived: ({ context }) => ({ context, left() {} }),
};
