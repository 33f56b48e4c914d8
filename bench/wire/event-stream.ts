import { crc32 } from "node:zlib";

/** A frame has 16 bytes besides headers and payload: lengths, the prelude's CRC, the message's CRC. */
const overheadBytes = 16;

/** One event of the model as InvokeModel puts it on the wire: its JSON inside JSON. */
export function encodeChunk(event: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(event)).toString("base64");
  return encodeEvent("chunk", { bytes, p: "abcdefghijklmnop" });
}

/** One message of `application/vnd.amazon.eventstream`. */
export function encodeEvent(type: string, json: object): Buffer {
  const headers = Buffer.concat([
    header(":event-type", type),
    header(":content-type", "application/json"),
    header(":message-type", "event"),
  ]);
  const payload = Buffer.from(JSON.stringify(json));
  const frame = Buffer.alloc(overheadBytes + headers.length + payload.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, 12);
  payload.copy(frame, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return frame;
}

/** Takes what came in one read and gives the model's events in it. Throws on a wrong checksum. */
export type ChunkReader = (read: Buffer) => unknown[];

/** Reads frames with as little as is honest: both checksums, and the JSON inside the JSON. Headers are skipped. */
export function createChunkReader(): ChunkReader {
  let held: Buffer | undefined;
  return (read) => {
    const bytes = held ? Buffer.concat([held, read]) : read;
    const events: unknown[] = [];
    let at = 0;
    while (bytes.length - at >= overheadBytes) {
      const lengthBytes = bytes.readUInt32BE(at);
      if (bytes.length - at < lengthBytes) break;
      events.push(decodeChunk(bytes.subarray(at, at + lengthBytes)));
      at += lengthBytes;
    }
    held = at < bytes.length ? bytes.subarray(at) : undefined;
    return events;
  };
}

function decodeChunk(frame: Buffer): unknown {
  const preludeCrc = crc32(frame.subarray(0, 8));
  const messageCrc = crc32(frame.subarray(0, -4));
  if (preludeCrc !== frame.readUInt32BE(8) || messageCrc !== frame.readUInt32BE(frame.length - 4)) {
    throw new Error("wrong checksum");
  }
  const payload = frame.toString("latin1", 12 + frame.readUInt32BE(4), frame.length - 4);
  const { bytes } = JSON.parse(payload) as { bytes: string };
  return JSON.parse(Buffer.from(bytes, "base64").toString());
}

/** Type 7 is text with a length of two bytes. */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([
    Buffer.of(name.length),
    Buffer.from(name),
    Buffer.of(7),
    length,
    Buffer.from(value),
  ]);
}
