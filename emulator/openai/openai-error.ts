import type { Refusal } from "../api.ts";

/** What stands in the `error` object of OpenAI's answers, and the status that it comes with. */
export interface ErrorFacts {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  readonly headers?: Refusal["headers"];
}

/** A refusal in OpenAI's words; thrown anywhere in a call and written out as the HTTP answer. */
export class OpenAiError extends Error {
  readonly facts: ErrorFacts;

  constructor(facts: ErrorFacts) {
    super(facts.message);
    this.name = "OpenAiError";
    this.facts = facts;
  }

  /** The JSON body, the same in an HTTP answer and in a stream. */
  get json() {
    const { message, type, param = null, code = null } = this.facts;
    return { error: { message, type, param, code } };
  }

  /** Status, headers and body. */
  get refusal(): Refusal {
    const { status, headers } = this.facts;
    const body = Buffer.from(`${JSON.stringify(this.json, null, 2)}\n`);
    const own = { "Content-Type": "application/json", "Content-Length": body.length };
    return { status, headers: { ...own, ...headers }, body };
  }
}

/** The 400 of a request that is not right; most have a code or a parameter, some have neither. */
export function invalidRequest(
  message: string,
  { code, param }: { readonly code?: string; readonly param?: string } = {},
): OpenAiError {
  return new OpenAiError({ status: 400, message, type: "invalid_request_error", code, param });
}

/** Anything but an OpenAiError is the emulator's own failure. */
export function asOpenAiError(error: unknown): OpenAiError {
  if (error instanceof OpenAiError) return error;
  return new OpenAiError({
    status: 500,
    message: "The server had an error while processing your request. Sorry about that!",
    type: "server_error",
  });
}
