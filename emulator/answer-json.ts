import { alterJson } from "./alterations.ts";
import { type Call, finishAtOnce, finishReply, startReply } from "./call.ts";
import type { ReplyHead } from "./exchange.ts";
import type { JsonObject } from "./json.ts";
import { wholeHead } from "./reply-heads.ts";
import { strikeAt } from "./strike.ts";

/** Sends one JSON body, in the middle of which faults may strike. */
export async function answerJson(
  call: Call,
  json: JsonObject,
  headers: ReplyHead["headers"] = {},
): Promise<void> {
  const { exchange } = call;
  const kinds = call.faults.map(({ action }) => action.kind);
  const text = JSON.stringify(alterJson(json, kinds));
  const body = Buffer.from(kinds.includes("broken-json-body") ? text.slice(0, -10) : text);
  const closing = kinds.includes("truncated-body") ? { Connection: "close" } : {};
  const head = wholeHead(body.length, { ...headers, ...closing });
  if (!call.faults.some(({ at }) => at !== "throughout")) return finishAtOnce(call, head, body);
  startReply(call, head);
  if ((await strikeAt(call, "first-frame")) === "over") return;
  const middle = Math.floor(body.length / 2);
  await exchange.write(body.subarray(0, middle));
  if ((await strikeAt(call, "mid-stream")) === "over") return;
  await exchange.write(body.subarray(middle));
  await finishReply(call);
}
