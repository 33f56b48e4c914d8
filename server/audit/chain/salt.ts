import { randomFillSync } from "node:crypto";
import { saltBytes } from "./record.ts";

const pool = Buffer.alloc(256 * saltBytes);
let at = pool.length;

/** Random bytes for the beginning of one body. To be copied at once: the next ones may take their place. */
export function nextSalt(): Buffer {
  if (at === pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  at += saltBytes;
  return pool.subarray(at - saltBytes, at);
}
