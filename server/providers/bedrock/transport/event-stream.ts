import { crc32 } from "node:zlib";
import { malformed } from "../../codec-parts/malformed.ts";
import { type FrameHeaders, readFrameHeaders } from "./frame-headers.ts";

/** One message of `application/vnd.amazon.eventstream`. */
export interface Frame {
  readonly headers: FrameHeaders;
  /** A view of the bytes that were pushed. */
  readonly payload: Buffer;
}

/** Reads frames out of bytes, wherever the reads were cut. */
export interface EventStreamDecoder {
  /**
   * Calls back for each frame that is whole now, in order. Throws DATA_LOSS at the first broken one; nothing may be
   * pushed after that.
   */
  push(bytes: Buffer, onFrame: (frame: Frame) => void): void;
  /** The stream has ended: throws DATA_LOSS when it ended inside a frame. */
  end(): void;
}

/** Both lengths and their checksum. */
const preludeBytes = 12;

/** The prelude, and the checksum of everything before it. */
const overheadBytes = preludeBytes + 4;

/** AWS's codecs refuse headers beyond 128 KiB and payloads beyond 24 MiB; so does this one, before it buffers them. */
const mostHeaderBytes = 128 * 1024;
const mostFrameBytes = 24 * 1024 * 1024;

/** Begins at the start of a stream. Holds at most one frame and what came behind it in the same read. */
export function createEventStreamDecoder(): EventStreamDecoder {
  let held: Buffer[] = [];
  let heldBytes = 0;
  // Until so many bytes are there, there is nothing to look at: a large frame is put together once.
  let neededBytes = preludeBytes;
  const headersOf = createHeaderReader();

  return {
    push(bytes, onFrame) {
      heldBytes += bytes.length;
      if (heldBytes < neededBytes) {
        if (bytes.length > 0) held.push(bytes);
        return;
      }
      const all = held.length === 0 ? bytes : Buffer.concat([...held, bytes], heldBytes);
      let at = 0;
      let lengthBytes = preludeBytes;
      while (all.length - at >= preludeBytes) {
        lengthBytes = frameLength(all, at);
        if (all.length - at < lengthBytes) break;
        onFrame(readFrame(all, at, at + lengthBytes, headersOf));
        at += lengthBytes;
        lengthBytes = preludeBytes;
      }
      held = at < all.length ? [all.subarray(at)] : [];
      heldBytes = all.length - at;
      neededBytes = lengthBytes;
    },
    end() {
      if (heldBytes > 0) throw malformed("The stream ended inside a message.");
    },
  };
}

/** The length of the frame that begins here, once its prelude has proved to be whole and sensible. */
function frameLength(bytes: Buffer, at: number): number {
  const frameBytes = bytes.readUInt32BE(at);
  const headerBytes = bytes.readUInt32BE(at + 4);
  if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8)) {
    throw malformed("A message of the stream has a wrong checksum.");
  }
  const isPossible = headerBytes <= mostHeaderBytes && headerBytes + overheadBytes <= frameBytes;
  if (!isPossible || frameBytes > mostFrameBytes) {
    throw malformed("A message of the stream has an impossible length.");
  }
  return frameBytes;
}

function readFrame(
  bytes: Buffer,
  start: number,
  end: number,
  headersOf: (bytes: Buffer) => FrameHeaders,
): Frame {
  const checksumAt = end - 4;
  if (crc32(bytes.subarray(start, checksumAt)) !== bytes.readUInt32BE(checksumAt)) {
    throw malformed("A message of the stream has a wrong checksum.");
  }
  const headersAt = start + preludeBytes;
  const payloadAt = headersAt + bytes.readUInt32BE(start + 4);
  return {
    headers: headersOf(bytes.subarray(headersAt, payloadAt)),
    payload: bytes.subarray(payloadAt, checksumAt),
  };
}

/** Frame after frame of a stream has the same headers: those of the last one are read once. */
function createHeaderReader(): (bytes: Buffer) => FrameHeaders {
  let lastBytes = Buffer.alloc(0);
  let lastHeaders: FrameHeaders = new Map();
  return (bytes) => {
    if (!lastBytes.equals(bytes)) {
      // A copy, so that no header keeps a whole read in memory.
      const copy = Buffer.from(bytes);
      lastHeaders = readFrameHeaders(copy);
      lastBytes = copy;
    }
    return lastHeaders;
  };
}
