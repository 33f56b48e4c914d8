import type { Api } from "../api.ts";
import { createChatCompletionsApi } from "./chat-completions-api.ts";
import { createModelsApi } from "./models-api.ts";
import { createOpenAiDoor } from "./openai-door.ts";

/** Who is let in to OpenAI. */
export interface OpenAiOptions {
  readonly keys: readonly string[];
}

/** OpenAI's APIs behind one door. */
export function createOpenAiApis({ keys }: OpenAiOptions): readonly Api[] {
  const door = createOpenAiDoor(keys);
  return [createModelsApi(door), createChatCompletionsApi(door)];
}
