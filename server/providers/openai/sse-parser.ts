/** Finds the events in a stream of server-sent events (WHATWG HTML: Server-sent events, 9.2.6). */
export interface SseParser {
  /** The data of each event that these bytes make whole, in order. Throws `SseTooLongError`. */
  push(bytes: Uint8Array): readonly string[];
}

/** An event longer than anybody expects. */
export class SseTooLongError extends Error {
  readonly code = "ESSETOOLONG";
}

const lf = 0x0a;
const cr = 0x0d;
const colon = 0x3a;
const space = 0x20;
/** `data` in ASCII, as one number. */
const dataName = 0x64617461;
const dataNameBytes = 4;
const byteOrderMark = Buffer.from("\ufeff");

/**
 * Begins with nothing. Looks for ends of lines in the bytes, none of which can be a part of a longer character, so that
 * text is decoded once and only where a line is whole. Names, ids and retry times of events are passed over.
 */
export function createSseParser(limitBytes = 4 * 1024 * 1024): SseParser {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  let data: string[] = [];
  let dataBytes = 0;
  let isFirstLine = true;
  let endsInCr = false;

  const limit = (bytes: number) => {
    if (bytes > limitBytes) throw new SseTooLongError(`an event has more than ${limitBytes} bytes`);
  };
  /** The whole line, with what came of it before. */
  const lineWith = (tail: Uint8Array): Buffer => {
    const parts = begun.length === 0 ? [tail] : [...begun, tail];
    begun = [];
    begunBytes = 0;
    return parts.length === 1 ? view(tail) : Buffer.concat(parts);
  };
  const readField = (line: Buffer) => {
    const value = dataOf(line);
    if (!value) return;
    dataBytes += value.length + 1;
    limit(dataBytes);
    data.push(value.toString());
  };
  /** What an empty line ends; undefined for an event without data. */
  const endEvent = (): string | undefined => {
    const event = data.length === 0 ? undefined : data.join("\n");
    data = [];
    dataBytes = 0;
    return event;
  };
  const readLine = (tail: Uint8Array): string | undefined => {
    let line = lineWith(tail);
    if (isFirstLine && line.indexOf(byteOrderMark) === 0)
      line = line.subarray(byteOrderMark.length);
    isFirstLine = false;
    if (line.length === 0) return endEvent();
    readField(line);
    return undefined;
  };

  return {
    push(bytes) {
      const events: string[] = [];
      let start = endsInCr && bytes[0] === lf ? 1 : 0;
      if (bytes.length > 0) endsInCr = false;
      let nextCr = bytes.indexOf(cr, start);
      let nextLf = bytes.indexOf(lf, start);
      while (nextCr !== -1 || nextLf !== -1) {
        const isCr = nextLf === -1 || (nextCr !== -1 && nextCr < nextLf);
        const end = isCr ? nextCr : nextLf;
        const event = readLine(bytes.subarray(start, end));
        if (event !== undefined) events.push(event);
        endsInCr = isCr && end === bytes.length - 1;
        start = isCr && nextLf === end + 1 ? end + 2 : end + 1;
        if (nextCr !== -1 && nextCr < start) nextCr = bytes.indexOf(cr, start);
        if (nextLf !== -1 && nextLf < start) nextLf = bytes.indexOf(lf, start);
      }
      if (start < bytes.length) {
        begun.push(bytes.subarray(start));
        begunBytes += bytes.length - start;
        limit(begunBytes);
      }
      return events;
    },
  };
}

/** The value of a line of data; undefined for comments and other fields. */
function dataOf(line: Buffer): Buffer | undefined {
  if (line.length < dataNameBytes || line.readUInt32BE(0) !== dataName) return undefined;
  const value = line.subarray(dataNameBytes);
  if (value.length === 0) return value;
  if (value[0] !== colon) return undefined;
  return value.subarray(value[1] === space ? 2 : 1);
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
