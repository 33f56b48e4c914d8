import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { objectAt, textAt } from "./json.ts";

/** Response headers by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/**
 * Makes a client remember the headers of each answer, which the SDK's output type leaves out. Ask with the answer's
 * `$metadata`; nothing is kept longer than that object lives.
 */
export function rememberResponseHeaders(
  client: BedrockRuntimeClient,
): (metadata: object) => ResponseHeaders {
  const remembered = new WeakMap<object, ResponseHeaders>();
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const metadata = objectAt(objectAt(result.output).$metadata);
      remembered.set(metadata, headersOf(result.response));
      return result;
    },
    { step: "deserialize", name: "rememberResponseHeaders", priority: "high" },
  );
  return (metadata) => remembered.get(metadata) ?? {};
}

function headersOf(response: unknown): ResponseHeaders {
  const headers = Object.entries(objectAt(objectAt(response).headers));
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), textAt(value)]));
}
