import { objectAt, textAt } from "../../codec-parts/json.ts";
import { malformed } from "../../codec-parts/malformed.ts";
import type { Frame } from "./event-stream.ts";
import { readJson } from "./read-json.ts";
import { ServiceException } from "./service-exception.ts";
import type { BedrockApi } from "./transport.ts";

/**
 * What one frame tells, in the form of `StreamedAnswer.batches`; undefined for an event of InvokeModel that is no chunk,
 * and for a chunk without bytes.
 * Throws what the service reports.
 */
export function eventOf({ headers, payload }: Frame, api: BedrockApi): unknown {
  switch (headers.get(":message-type")) {
    case "event": {
      const type = String(headers.get(":event-type"));
      if (api === "converse") return { [type]: readJson(payload.toString()) };
      return type === "chunk" ? readChunk(payload) : undefined;
    }
    case "exception":
      throw exceptionOf(String(headers.get(":exception-type")), payload);
    case "error": {
      const words = textAt(headers.get(":error-message")) ?? "";
      throw new ServiceException(String(headers.get(":error-code")), words);
    }
    default:
      throw malformed("A message of the stream is of an unknown type.");
  }
}

/** Some of AWS's layers write `Message`. */
function exceptionOf(name: string, payload: Buffer): ServiceException {
  const body = objectAt(readJson(payload.toString() || "{}"));
  return new ServiceException(name, textAt(body.message) ?? textAt(body.Message) ?? "");
}

const opening = '{"bytes":"';

/** What follows the base64: nothing, or the padding that AWS adds against traffic analysis. */
const closing = /^"(?:,"p":"[A-Za-z0-9]*")?\}$/;

/**
 * The model's own JSON inside a chunk, `{"bytes":"<base64>","p":"…"}`. In the one form in which AWS writes it, the outer
 * JSON is not parsed but compared; any other form is.
 */
function readChunk(payload: Buffer): unknown {
  const text = payload.toString("latin1");
  const end = text.startsWith(opening) ? text.indexOf('"', opening.length) : -1;
  const isUsual = end !== -1 && closing.test(text.slice(end)) && !text.includes("\\");
  const base64 = isUsual ? text.slice(opening.length, end) : bytesOf(payload);
  return base64 === undefined ? undefined : readJson(Buffer.from(base64, "base64").toString());
}

function bytesOf(payload: Buffer): string | undefined {
  return textAt(objectAt(readJson(payload.toString())).bytes);
}
