import { invalid } from "../bedrock/validation.ts";
import type { FamilyName, Model } from "../models/model.ts";
import { anthropic } from "./anthropic.ts";
import type { Family } from "./family.ts";
import { llama } from "./llama.ts";
import { mistralChat } from "./mistral-chat.ts";
import { mistralText } from "./mistral-text.ts";
import { nova } from "./nova.ts";
import { titan } from "./titan.ts";

const families: Readonly<Record<Exclude<FamilyName, "converse">, Family>> = {
  anthropic,
  llama,
  "mistral-text": mistralText,
  "mistral-chat": mistralChat,
  titan,
  nova,
};

/** Finds the family of a model; those of other makers answer to Converse only, here. */
export function findFamily({ family, id }: Model): Family {
  if (family !== "converse") return families[family];
  throw invalid(`The emulator serves ${id} through Converse and ConverseStream only.`);
}
