import { constants, fstatSync, openSync, writeSync } from "node:fs";
import type { Clock } from "../../core/clock.ts";

/** Writes lines to a file descriptor that may be full for a while. */
export interface LineWriter {
  /** False, and the line is lost, while too much waits already. */
  write(line: string): boolean;
  /** Resolves when everything is written, or after `limitMs`. */
  close(limitMs: number): Promise<void>;
}

/** While more than this waits for a reader that does not read, lines are lost. */
const mostWaitingBytes = 1024 * 1024;

/** How long to leave a pipe alone that is full. */
const fullPauseMs = 20;

/** Starts one. One line is one write: up to 4 KiB lines of several writers do not mix in a pipe (POSIX: PIPE_BUF). */
export function createLineWriter(fd: number, clock: Clock): LineWriter {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isPaused = false;
  let onEmpty = () => {};

  const writeAll = () => {
    isPaused = false;
    for (let line = waiting.shift(); line; line = waiting.shift()) {
      const rest = writeSome(fd, line);
      waitingBytes -= line.length - rest.length;
      if (rest.length === 0) continue;
      waiting.unshift(rest);
      isPaused = true;
      clock.after(fullPauseMs, writeAll);
      return;
    }
    onEmpty();
  };
  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (waitingBytes + bytes.length > mostWaitingBytes) return false;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (!isPaused) writeAll();
      return true;
    },
    close: (limitMs) =>
      new Promise((resolve) => {
        if (waiting.length === 0) return resolve();
        const disarm = clock.after(limitMs, resolve);
        onEmpty = () => {
          disarm();
          resolve();
        };
      }),
  };
}

/** What could not be written now; a line that nobody can ever take any more is lost. */
function writeSome(fd: number, line: Buffer): Buffer {
  try {
    return line.subarray(writeSync(fd, line));
  } catch (error) {
    const isFull = error instanceof Error && "code" in error && error.code === "EAGAIN";
    return isFull ? line : line.subarray(line.length);
  }
}

const standardOutput = 1;

/**
 * Standard output for lines that may wait. Writing to a pipe would block, so a log collector that stalls would stall the
 * gateway; opened anew the pipe does not, and stays as it is for everybody else who writes there. Where that is not
 * possible (no Linux, another user's pipe) it is standard output as it stands.
 */
export function openStandardOutput(): number {
  try {
    if (!fstatSync(standardOutput).isFIFO()) return standardOutput;
    return openSync("/proc/self/fd/1", constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return standardOutput;
  }
}
