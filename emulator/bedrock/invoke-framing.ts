import type { Framing } from "../api.ts";
import { foundationModelId } from "../call-address.ts";
import { encodeChunk, randomPadding } from "../event-stream.ts";
import type { RandomNumber } from "../seeded-random.ts";
import { encodeException, encodeStreamFault } from "./stream-faults.ts";

const chunk = (json: string, random: RandomNumber) => encodeChunk(json, randomPadding(random));

/** InvokeModelWithResponseStream: every event is a `chunk` with the model's JSON as base64. */
export const invokeFraming: Framing = {
  head: {
    status: 200,
    headers: {
      "Content-Type": "application/vnd.amazon.eventstream",
      "X-Amzn-Bedrock-Content-Type": "application/json",
    },
  },
  encode: ({ json }, random) => chunk(JSON.stringify(json), random),
  encodeRefusal: encodeException,
  encodeFault(action, address, random) {
    const isAnthropic = foundationModelId(address.modelId).startsWith("anthropic.");
    if (action.kind === "in-band-error" && isAnthropic) {
      const { errorType: type = "overloaded_error", message = "Overloaded" } = action;
      return chunk(JSON.stringify({ type: "error", error: { type, message } }), random);
    }
    return encodeStreamFault(action, (json) => chunk(json, random));
  },
};
