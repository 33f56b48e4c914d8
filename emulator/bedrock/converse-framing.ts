import type { Framing } from "../api.ts";
import { encodeEvent, encodeFrame, randomPadding } from "../event-stream.ts";
import type { JsonObject } from "../json.ts";
import { encodeException, encodeStreamFault } from "./stream-faults.ts";

/** ConverseStream: the frame says the event's name, and its payload is the JSON itself. */
export const converseFraming: Framing = {
  head: { status: 200, headers: { "Content-Type": "application/vnd.amazon.eventstream" } },
  encode: ({ name = "", json }, random) =>
    encodeEvent(name, alphabetical({ ...json, p: randomPadding(random) })),
  encodeRefusal: encodeException,
  encodeFault: (action) => encodeStreamFault(action, encodeDelta),
};

/** Payloads have their members in alphabetical order. */
export function alphabetical(json: JsonObject): JsonObject {
  const entries = Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries);
}

/** Any text as the payload of a delta, so that broken JSON can be sent. */
function encodeDelta(text: string): Buffer {
  return encodeFrame(
    [
      [":event-type", "contentBlockDelta"],
      [":content-type", "application/json"],
      [":message-type", "event"],
    ],
    Buffer.from(text),
  );
}
