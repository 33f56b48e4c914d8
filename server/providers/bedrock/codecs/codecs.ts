import { anthropic } from "./anthropic.ts";
import type { Codec } from "./codec.ts";
import { converse } from "./converse.ts";
import { llama } from "./llama.ts";
import { mistral } from "./mistral.ts";
import { mistralChat } from "./mistral-chat.ts";
import { nova } from "./nova.ts";
import { titan } from "./titan.ts";

/** Every family that the gateway can write bodies for: one line each. */
export const codecs: readonly Codec[] = [
  anthropic,
  converse,
  llama,
  mistral,
  mistralChat,
  nova,
  titan,
];
