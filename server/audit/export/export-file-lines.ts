import type { FileHandle } from "node:fs/promises";

/** A line of a file. */
export interface FileLine {
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** Without its end. */
  readonly bytes: Buffer;
  /** Whether a newline ends it: what a file was cut off in has none. */
  readonly isEnded: boolean;
  /** Whether it is longer than any that is written. Its bytes are left out then. */
  readonly isTooLong: boolean;
}

const chunkBytes = 256 * 1024;

/** More than the texts of the largest call take, in base64. */
const mostLineBytes = 64 * 1024 * 1024;

/** The lines of a file from one's beginning on, with no more of it in memory than a line and a piece. */
export async function* fileLines(
  file: FileHandle,
  startOffset: number,
): AsyncGenerator<FileLine, void, undefined> {
  let pieces: Buffer[] = [];
  let size = 0;
  let offset = startOffset;
  let position = startOffset;
  const line = (isEnded: boolean): FileLine => {
    const isTooLong = size > mostLineBytes;
    return { offset, bytes: isTooLong ? Buffer.alloc(0) : joined(pieces), isEnded, isTooLong };
  };
  const gather = (piece: Buffer) => {
    size += piece.length;
    if (size <= mostLineBytes) pieces.push(piece);
    else pieces = [];
  };
  for (;;) {
    const { bytesRead, buffer } = await file.read(
      Buffer.allocUnsafe(chunkBytes),
      0,
      chunkBytes,
      position,
    );
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      gather(chunk.subarray(start, end));
      yield line(true);
      start = end + 1;
      offset = position + start;
      pieces = [];
      size = 0;
    }
    if (start < bytesRead) gather(chunk.subarray(start));
    position += bytesRead;
  }
  if (size > 0) yield line(false);
}

const newline = 0x0a;

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}
