import { alterCompletion } from "./alterations.ts";
import { answerStream } from "./answer-stream.ts";
import { answerWhole } from "./answer-whole.ts";
import type { BedrockException } from "./bedrock-exception.ts";
import { type Call, finishReply, startReply } from "./call.ts";
import { foundationModelId } from "./call-address.ts";
import { completePrompt } from "./completion.ts";
import { findFamily } from "./families/families.ts";
import { parseJson } from "./json.ts";
import { randomIdentifier } from "./seeded-random.ts";
import { strikeAt } from "./strike.ts";

/** Answers one call whose sender is known; every refusal is thrown as a BedrockException. */
export async function answerCall(call: Call, body: Buffer): Promise<void> {
  for (const { at, action } of call.faults) {
    if (at === "throughout") call.record("fault", { fault: action.kind });
  }
  if ((await strikeAt(call, "response")) === "over") return;
  const modelId = foundationModelId(call.address.modelId);
  const family = findFamily(modelId);
  const prompt = family.readPrompt(parseJson(body.toString()), modelId);
  const kinds = call.faults.map(({ action }) => action.kind);
  const completion = alterCompletion(completePrompt(prompt), kinds);
  const identity = { modelId, identifier: randomIdentifier(call.random, 24) };
  const answer = call.address.operation === "stream" ? answerStream : answerWhole;
  await answer(call, family, completion, identity);
}

/** Writes a refusal out as AWS would. */
export async function answerException(call: Call, exception: BedrockException): Promise<void> {
  startReply(call, exception.head);
  await call.exchange.write(exception.body);
  await finishReply(call, exception.head.status);
}
