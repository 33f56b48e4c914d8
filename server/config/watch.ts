import { statSync } from "node:fs";
import type { Clock } from "../core/clock.ts";

/** What is watched, and who wants to know. */
export interface FileWatchOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Called when the file is another one, or has been written, and has been left alone since the look before. */
  readonly changed: () => void;
}

/** Two looks are so far apart. */
const lookEveryMs = 500;

/**
 * Watches a file by looking at it, because no notification covers all ways to change one: saved in place, renamed over it
 * as editors do, a symbolic link swapped somewhere on the way to it as Kubernetes does, a network file system. A file that
 * is being written is left alone until it stays as it is. The returned function ends the watch.
 */
export function watchFile({ path, clock, changed }: FileWatchOptions): () => void {
  let told = fingerprintOf(path);
  let seen = told;
  let disarm: () => void;
  const look = () => {
    const now = fingerprintOf(path);
    const isSettled = now !== undefined && now === seen && now !== told;
    seen = now;
    disarm = clock.after(lookEveryMs, look);
    if (!isSettled) return;
    told = now;
    changed();
  };
  disarm = clock.after(lookEveryMs, look);
  return () => disarm();
}

/** What changes whenever the file does; undefined while there is none. */
function fingerprintOf(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return undefined;
  }
}
