import { anthropic } from "./anthropic.ts";
import type { Codec } from "./codec.ts";

/** Every family that the gateway can write bodies for: one line each. */
export const codecs: readonly Codec[] = [anthropic];
