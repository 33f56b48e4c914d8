import { anthropic } from "./anthropic.ts";
import type { Codec } from "./codec.ts";
import { llama } from "./llama.ts";
import { mistral } from "./mistral.ts";
import { titan } from "./titan.ts";

/** Every family that the gateway can write bodies for: one line each. */
export const codecs: readonly Codec[] = [anthropic, llama, mistral, titan];
