import { alterJson } from "./alterations.ts";
import { type Call, elapsedMs, finishReply, startReply } from "./call.ts";
import type { Completion } from "./completion.ts";
import type { AnswerIdentity, Family } from "./families/family.ts";
import { wholeHead } from "./reply-heads.ts";
import { strikeAt } from "./strike.ts";

/** Answers InvokeModel: one JSON body, after the time its tokens would take. */
export async function answerWhole(
  call: Call,
  family: Family,
  completion: Completion,
  identity: AnswerIdentity,
): Promise<void> {
  const { exchange, pacer } = call;
  await pacer.beforeFirstToken();
  await pacer.beforeToken(completion.tokens.length);
  const kinds = call.faults.map(({ action }) => action.kind);
  const json = JSON.stringify(alterJson(family.answerBody(completion, identity), kinds));
  const body = Buffer.from(kinds.includes("broken-json-body") ? json.slice(0, -10) : json);
  const { status, headers } = wholeHead(body.length, completion.metrics, elapsedMs(call));
  const closing = kinds.includes("truncated-body") ? { Connection: "close" } : {};
  startReply(call, { status, headers: { ...headers, ...closing } });
  if ((await strikeAt(call, "first-frame")) === "over") return;
  const middle = Math.floor(body.length / 2);
  await exchange.write(body.subarray(0, middle));
  if ((await strikeAt(call, "mid-stream")) === "over") return;
  await exchange.write(body.subarray(middle));
  await finishReply(call);
}
