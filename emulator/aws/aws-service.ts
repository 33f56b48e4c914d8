import type { ReceivedRequest } from "../exchange.ts";
import type { AwsError } from "./aws-error.ts";

/** The mishaps that every service has, each with a code of its own per protocol. */
export type Mishap = "throttle" | "server-error" | "access-denied";

/** One call: the request, and who and where its signature says it comes from. */
export interface AwsCall {
  readonly request: ReceivedRequest;
  readonly region: string;
  readonly operation: string;
}

/** A whole answer; none of these services streams. */
export interface AwsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

/** One AWS service as the emulator plays it: its protocol and its operations. */
export interface AwsService {
  /** The name in a signature's credential scope; also that of IAM actions. */
  readonly name: string;
  /** The operation a request asks for; `undefined` when there is none of that name here. */
  operationOf(request: ReceivedRequest): string | undefined;
  /** Answers, or throws an `AwsError`. */
  answer(call: AwsCall): AwsReply;
  /** How the protocol writes an error. */
  refusal(error: AwsError, request: ReceivedRequest): AwsReply;
  /** What the service calls one of the common mishaps. */
  mishap(kind: Mishap): { readonly code: string; readonly status: number };
}
