import type { Refusal } from "./api.ts";
import { type ExceptionName, exceptionKind } from "./exceptions.ts";

/** What a thrower may say beyond the name: other words, and seconds for the `Retry-After` header. */
export interface BedrockExceptionOptions {
  readonly message?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** A refusal in AWS's words; thrown anywhere in a call and written out as the HTTP answer. */
export class BedrockException extends Error {
  readonly exception: ExceptionName;
  readonly retryAfterSeconds: number | undefined;

  constructor(exception: ExceptionName, options: BedrockExceptionOptions = {}) {
    super(options.message ?? exceptionKind(exception).message);
    this.name = exception;
    this.exception = exception;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The JSON body, the same in an HTTP answer and in a stream frame; there is no `__type`. */
  get body(): Buffer {
    const members = exceptionKind(this.exception).members;
    return Buffer.from(JSON.stringify({ message: this.message, ...members }));
  }

  /** Status, headers and body; the SDK takes the name from `x-amzn-ErrorType`, up to the colon. */
  get refusal(): Refusal {
    const body = this.body;
    const { status, layer } = exceptionKind(this.exception);
    const origin = layer === "bedrock" ? "com.amazon.bedrock" : "com.amazon.coral.service";
    const headers: Record<string, string | number> = {
      "Content-Type": "application/json",
      "Content-Length": body.byteLength,
      "x-amzn-ErrorType": `${this.exception}:http://internal.amazon.com/coral/${origin}/`,
    };
    if (this.retryAfterSeconds !== undefined) headers["Retry-After"] = this.retryAfterSeconds;
    return { status, headers, body };
  }
}
