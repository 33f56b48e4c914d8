import { createHash, type Hash } from "node:crypto";
import { sha256 } from "../core/sha256.ts";

/** The SHA-256 of a text that comes in pieces. */
export interface TextDigest {
  readonly isEmpty: boolean;
  add(piece: string): void;
  /** Of the UTF-8 of all pieces; to be asked for once. */
  digest(): Buffer;
}

/** Pieces are gathered up to so many characters: hashing each token by itself would cost more than all of them together. */
const gathered = 16_384;

/** Holds little of a text, however long it is. */
export function createTextDigest(): TextDigest {
  let waiting = "";
  let running: Hash | undefined;
  return {
    get isEmpty() {
      return waiting === "" && running === undefined;
    },
    add(piece) {
      waiting += piece;
      if (waiting.length < gathered) return;
      // Half of a surrogate pair waits for the other half.
      const isCutInside = /[\ud800-\udbff]$/.test(waiting.slice(-1));
      const end = isCutInside ? waiting.length - 1 : waiting.length;
      running ??= createHash("sha256");
      running.update(waiting.slice(0, end));
      waiting = waiting.slice(end);
    },
    digest() {
      if (running) return running.update(waiting).digest();
      return sha256(waiting);
    },
  };
}
