import { hash } from "node:crypto";

/** Where a call falls: two independent numbers from 0 to below 1, to be held against shares. */
export interface Lot {
  /** Against the sample rate. */
  readonly sample: number;
  /** Against the share of samples that the primary answers a second time. */
  readonly self: number;
}

const bytes = 6;

/** A call's lot by its id: the same on every instance and at every time, and even over all ids. */
export function lotOf(callId: string): Lot {
  const digest = hash("sha256", callId, "buffer");
  return {
    sample: digest.readUIntBE(0, bytes) / 2 ** (8 * bytes),
    self: digest.readUIntBE(bytes, bytes) / 2 ** (8 * bytes),
  };
}
