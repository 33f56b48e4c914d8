import { BedrockException } from "../bedrock-exception.ts";
import { encodeErrorFrame, encodeEvent, encodeExceptionFrame } from "../event-stream.ts";
import type { FaultAction } from "../fault-rule.ts";
import { asBedrockException } from "./bedrock-door.ts";

/** A thrown error as an exception frame. */
export function encodeException(error: unknown): Buffer {
  const { exception, body } = asBedrockException(error);
  return encodeExceptionFrame(exception, body);
}

/**
 * The bytes of a fault in an event stream; `encodeJson` frames any text as an event of the API. An
 * in-band error is Claude's alone: from other models comes the exception that means the same.
 */
export function encodeStreamFault(
  action: FaultAction,
  encodeJson: (json: string) => Buffer,
): Buffer | undefined {
  const whole = encodeJson('{"type":"ping"}');
  switch (action.kind) {
    case "in-band-error":
      return encodeException(new BedrockException("ServiceUnavailableException", action));
    case "error-frame":
      return encodeErrorFrame(
        action.code ?? "InternalError",
        action.message ?? "An internal server error occurred",
      );
    case "unknown-event-type":
      return encodeEvent("emulatorSurprise", { surprise: true });
    case "truncated-frame":
      return whole.subarray(0, whole.length / 2);
    case "bad-crc":
      whole.writeUInt8(whole.readUInt8(whole.length - 1) ^ 0xff, whole.length - 1);
      return whole;
    case "broken-json-body":
      return encodeJson('{"type":"content_block_delta","index":0,"del');
    default:
      return undefined;
  }
}
