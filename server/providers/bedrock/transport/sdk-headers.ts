import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { objectAt } from "../../codec-parts/json.ts";

/** Sends headers that the SDK knows nothing of, beside those that it signs. */
export interface SdkHeaders {
  /** Has them sent with the command of this input; nothing is kept longer than the input lives. */
  add(input: object, headers: Readonly<Record<string, string>>): void;
}

/** Makes a client send them. */
export function sendHeaders(client: BedrockRuntimeClient): SdkHeaders {
  const waiting = new WeakMap<object, Readonly<Record<string, string>>>();
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign(objectAt(objectAt(args.request).headers), waiting.get(args.input));
      return next(args);
    },
    // The step after the one that signs.
    { step: "deserialize", name: "sendHeaders", priority: "low" },
  );
  return { add: (input, headers) => void waiting.set(input, headers) };
}
