import { answerJson } from "./answer-json.ts";
import type { Answer, AnswerWriter } from "./api.ts";
import type { Call } from "./call.ts";
import { countPieces } from "./completion.ts";

/** Answers in one JSON body, after the time that the answer's tokens would take. */
export async function answerWhole(call: Call, writer: AnswerWriter, answer: Answer): Promise<void> {
  await call.pacer.beforeFirstToken();
  await call.pacer.beforeToken(countPieces(answer.completion));
  const { json, headers } = writer.whole(answer);
  await answerJson(call, json, headers);
}
