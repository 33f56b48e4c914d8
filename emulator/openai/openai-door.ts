import type { Api } from "../api.ts";
import type { ReceivedRequest } from "../exchange.ts";
import { asOpenAiError, OpenAiError } from "./openai-error.ts";
import { scriptedError } from "./scripted-errors.ts";

/** What OpenAI's APIs have in common: who is let in, and how a refusal looks. */
export type OpenAiDoor = Pick<
  Api,
  "authenticate" | "requestIdHeader" | "exception" | "knows" | "refusal"
>;

/** Creates the part that OpenAI's APIs share; any of the keys lets in. */
export function createOpenAiDoor(keys: readonly string[]): OpenAiDoor {
  return {
    authenticate: (request) => authenticate(request, keys),
    requestIdHeader: "x-request-id",
    exception: scriptedError,
    knows: (error) => error instanceof OpenAiError,
    refusal: (error) => asOpenAiError(error).refusal,
  };
}

function authenticate({ headers }: ReceivedRequest, keys: readonly string[]): void {
  const key = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (key === undefined) {
    throw unauthorized(
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    );
  }
  if (!keys.includes(key)) {
    throw unauthorized(`Incorrect API key provided: ${masked(key)}.`, "invalid_api_key");
  }
}

function unauthorized(message: string, code?: string): OpenAiError {
  return new OpenAiError({ status: 401, message, type: "invalid_request_error", code });
}

/** As OpenAI shows a key: its beginning and its last four characters. */
function masked(key: string): string {
  return key.length < 12
    ? "*".repeat(key.length)
    : `${key.slice(0, 5)}${"*".repeat(8)}${key.slice(-4)}`;
}
