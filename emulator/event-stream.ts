import { crc32 } from "node:zlib";
import type { JsonObject } from "./json.ts";
import type { RandomNumber } from "./seeded-random.ts";

const paddingAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const stringHeaderType = 7;
const preludeBytes = 12;
const checksumBytes = 4;

/** String headers of a frame, in the order in which they are written. */
export type FrameHeaders = readonly (readonly [name: string, value: string])[];

/**
 * Encodes one frame of `application/vnd.amazon.eventstream`: a prelude with both lengths and its
 * checksum, the headers, the payload, and a checksum over everything (all big-endian, CRC-32).
 */
export function encodeFrame(headers: FrameHeaders, payload: Buffer): Buffer {
  const encodedHeaders = Buffer.concat(headers.map(encodeHeader));
  const totalBytes = preludeBytes + encodedHeaders.length + payload.length + checksumBytes;
  const frame = Buffer.alloc(totalBytes);
  frame.writeUInt32BE(totalBytes, 0);
  frame.writeUInt32BE(encodedHeaders.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  encodedHeaders.copy(frame, preludeBytes);
  payload.copy(frame, preludeBytes + encodedHeaders.length);
  const checksumAt = totalBytes - checksumBytes;
  frame.writeUInt32BE(crc32(frame.subarray(0, checksumAt)), checksumAt);
  return frame;
}

function encodeHeader([name, value]: FrameHeaders[number]): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const valueLength = Buffer.alloc(2);
  valueLength.writeUInt16BE(valueBytes.length);
  return Buffer.concat([
    Buffer.of(nameBytes.length),
    nameBytes,
    Buffer.of(stringHeaderType),
    valueLength,
    valueBytes,
  ]);
}

/** A JSON event under the given event type; ConverseStream puts its events on the wire this way. */
export function encodeEvent(eventType: string, payload: JsonObject): Buffer {
  return encodeFrame(
    [
      [":event-type", eventType],
      [":content-type", "application/json"],
      [":message-type", "event"],
    ],
    Buffer.from(JSON.stringify(payload)),
  );
}

/**
 * A `chunk` of InvokeModelWithResponseStream: the model's own event as base64, and `p`, padding
 * of random length that AWS sends against traffic analysis and that clients must ignore.
 */
export function encodeChunk(modelEvent: string, padding: string): Buffer {
  return encodeEvent("chunk", { bytes: Buffer.from(modelEvent).toString("base64"), p: padding });
}

/** Padding of 2 to 62 characters, the lengths seen from AWS. */
export function randomPadding(random: RandomNumber): string {
  return paddingAlphabet.slice(0, 2 + Math.floor(random() * (paddingAlphabet.length - 1)));
}

/** An exception inside a stream; its type is the exception's name with a small first letter. */
export function encodeExceptionFrame(exception: string, body: Buffer): Buffer {
  const exceptionType = exception.charAt(0).toLowerCase() + exception.slice(1);
  return encodeFrame(
    [
      [":exception-type", exceptionType],
      [":content-type", "application/json"],
      [":message-type", "exception"],
    ],
    body,
  );
}

/** The format's third message type, an error without a modelled shape and without a payload. */
export function encodeErrorFrame(code: string, message: string): Buffer {
  return encodeFrame(
    [
      [":error-code", code],
      [":error-message", message],
      [":message-type", "error"],
    ],
    Buffer.alloc(0),
  );
}
