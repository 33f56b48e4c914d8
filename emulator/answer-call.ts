import { alterCompletion } from "./alterations.ts";
import { answerJson } from "./answer-json.ts";
import { answerStream } from "./answer-stream.ts";
import { answerWhole } from "./answer-whole.ts";
import { isBlocked } from "./answers/answer-drafts.ts";
import { unusedCache } from "./answers/prompt-cache.ts";
import type { Answer } from "./api.ts";
import { type Call, elapsedMs, finishAtOnce } from "./call.ts";
import { foundationModelId } from "./call-address.ts";
import { completePrompt } from "./completion.ts";
import type { ReceivedRequest } from "./exchange.ts";
import { randomIdentifier } from "./seeded-random.ts";
import { strikeAt } from "./strike.ts";

/** Answers one call whose sender is known; every refusal is thrown. */
export async function answerCall(call: Call, request: ReceivedRequest): Promise<void> {
  for (const { at, action } of call.faults) {
    if (at === "throughout") call.record("fault", { fault: action.kind });
  }
  if ((await strikeAt(call, "response")) === "over") return;
  const reading = call.api.read(request, call.address);
  if ("json" in reading) return answerJson(call, reading.json);
  const modelId = foundationModelId(call.address.modelId);
  const cache = isBlocked(reading.prompt) ? unusedCache : call.cache.use(modelId, reading.prompt);
  const kinds = call.faults.map(({ action }) => action.kind);
  const answer: Answer = {
    completion: alterCompletion(completePrompt(reading.prompt, cache), kinds),
    modelId,
    identifier: randomIdentifier(call.random, 24),
    elapsedMs: () => elapsedMs(call),
  };
  const write = call.address.operation === "stream" ? answerStream : answerWhole;
  await write(call, reading.writer, answer);
}

/** Writes a thrown error out as the API would. */
export async function answerRefusal(call: Call, error: unknown): Promise<void> {
  const { body, ...head } = call.api.refusal(error);
  await finishAtOnce(call, head, body);
}
