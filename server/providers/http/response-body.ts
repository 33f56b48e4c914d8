/** What comes after the head of a response, read by read. */
export interface ResponseBody {
  /** The bytes of the next read; undefined at the end. Rejects when the connection breaks. One at a time. */
  next(): Promise<Buffer | undefined>;
  /** Everything, for bodies of a known size: rejects with `BodyTooLargeError` beyond the limit. */
  whole(limitBytes: number): Promise<Buffer>;
}

/** The other end of a body: where the connection puts what it reads. */
export interface BodyWriter {
  readonly body: ResponseBody;
  push(bytes: Buffer): void;
  end(): void;
  fail(error: Error): void;
}

/** A response longer than anybody expects. */
export class BodyTooLargeError extends Error {
  readonly code = "EBODYTOOLARGE";
}

/** How a connection is told to wait for its reader. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Nobody wants the rest. */
  leave(): void;
}

/** So much may wait for the reader, in bytes; a read that is under way still comes on top. */
const highWaterBytes = 64 * 1024;

/** Begins empty. */
export function createBody(flow: Flow): BodyWriter {
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let isPaused = false;
  let ending: { readonly error?: Error } | undefined;
  let waiting: PromiseWithResolvers<Buffer | undefined> | undefined;

  function next(): Promise<Buffer | undefined> {
    const bytes = queue.shift();
    if (bytes) {
      queuedBytes -= bytes.length;
      if (isPaused && queuedBytes === 0) {
        isPaused = false;
        flow.resume();
      }
      return Promise.resolve(bytes);
    }
    if (ending) return ending.error ? Promise.reject(ending.error) : Promise.resolve(undefined);
    waiting = Promise.withResolvers();
    return waiting.promise;
  }

  async function whole(limitBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let lengthBytes = 0;
    for (let part = await next(); part; part = await next()) {
      parts.push(part);
      lengthBytes += part.length;
      if (lengthBytes > limitBytes) {
        flow.leave();
        throw new BodyTooLargeError(`the response has more than ${limitBytes} bytes`);
      }
    }
    const [first] = parts;
    return parts.length === 1 && first ? first : Buffer.concat(parts, lengthBytes);
  }

  /** Hands something to the reader who waits, if there is one. */
  function reader(): PromiseWithResolvers<Buffer | undefined> | undefined {
    const found = waiting;
    waiting = undefined;
    return found;
  }

  return {
    body: { next, whole },
    push(bytes) {
      const found = reader();
      if (found) return found.resolve(bytes);
      queue.push(bytes);
      queuedBytes += bytes.length;
      if (queuedBytes > highWaterBytes && !isPaused) {
        isPaused = true;
        flow.pause();
      }
    },
    end() {
      ending ??= {};
      reader()?.resolve(undefined);
    },
    fail(error) {
      ending ??= { error };
      reader()?.reject(error);
    },
  };
}
