import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { objectAt, textAt } from "../../codec-parts/json.ts";
import { requestIdOf } from "../response-headers.ts";
import type { AnswerHead, ResponseHeaders } from "./transport.ts";

/** Remembers what responses said before their bodies: the SDK's output types leave most headers out. */
export interface SdkHeads {
  /** The head of the response to a command with this input; nothing is kept longer than the input lives. */
  of(input: object): AnswerHead;
}

/** Makes a client remember. */
export function rememberHeads(client: BedrockRuntimeClient): SdkHeads {
  const remembered = new WeakMap<object, AnswerHead>();
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const headers = lowerCased(objectAt(result.response).headers);
      remembered.set(args.input, { headers, requestId: requestIdOf(headers) });
      return result;
    },
    // Inside the SDK's own deserializer, so that the head is there when that throws.
    { step: "deserialize", name: "rememberHeads", priority: "low" },
  );
  return { of: (input) => remembered.get(input) ?? { headers: {} } };
}

function lowerCased(headers: unknown): ResponseHeaders {
  const entries = Object.entries(objectAt(headers));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), textAt(value)]));
}
