import type { CompleteStreamResponse } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";

/**
 * A piece of text as it travels, or undefined for any other message. There is one for every token, and writing its few
 * bytes by hand costs a fifth of what the general encoder does (Protocol Buffers: Encoding).
 */
export function encodeTextDelta({ sequence, event }: CompleteStreamResponse): Buffer | undefined {
  if (event.case !== "delta" || event.value.piece.case !== "text") return undefined;
  const { blockIndex, piece } = event.value;
  const number = Number(sequence);
  if (blockIndex < 0 || blockIndex > mostVarint || number > mostVarint) return undefined;
  const textBytes = Buffer.byteLength(piece.value);
  const blockBytes = blockIndex === 0 ? 0 : 1 + varintBytes(blockIndex);
  const deltaBytes = blockBytes + 1 + varintBytes(textBytes) + textBytes;
  const sequenceBytes = number === 0 ? 0 : 1 + varintBytes(number);
  const bytes = Buffer.allocUnsafe(sequenceBytes + 1 + varintBytes(deltaBytes) + deltaBytes);
  let at = 0;
  if (number !== 0) at = writeVarint(bytes, tags.sequence, number, at);
  at = writeVarint(bytes, tags.delta, deltaBytes, at);
  if (blockIndex !== 0) at = writeVarint(bytes, tags.blockIndex, blockIndex, at);
  at = writeVarint(bytes, tags.text, textBytes, at);
  bytes.write(piece.value, at);
  return bytes;
}

/** Field numbers and wire types of `CompleteStreamResponse` and `Delta`. */
const tags = { sequence: 0x08, delta: 0x1a, blockIndex: 0x08, text: 0x12 } as const;

/** JavaScript's bit operators end here. */
const mostVarint = 2 ** 31 - 1;

function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** Writes a tag of one byte and a number; gives the place behind them. */
function writeVarint(bytes: Buffer, tag: number, value: number, start: number): number {
  let at = start;
  let rest = value;
  bytes[at++] = tag;
  while (rest >= 0x80) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}
