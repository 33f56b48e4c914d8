import { alterJson } from "./alterations.ts";
import type { Answer, AnswerWriter, ModelEvent } from "./api.ts";
import { type Call, finishReply, startReply } from "./call.ts";
import type { Fault } from "./faults.ts";
import { type Progress, strike, strikeAt } from "./strike.ts";

/** Answers as a stream: one frame per event, each when its token is due. */
export async function answerStream(
  call: Call,
  writer: AnswerWriter,
  answer: Answer,
): Promise<void> {
  const { exchange, pacer } = call;
  const { framing } = call.api;
  await pacer.beforeFirstToken();
  const headers = { ...framing.head.headers, ...writer.streamHeaders };
  startReply(call, { ...framing.head, headers });
  if ((await strikeAt(call, "first-frame")) === "over") return;
  const kinds = call.faults.map(({ action }) => action.kind);
  const pending = midStreamFaults(call);
  let progress: Progress = { frames: 0, tokens: 0 };
  for (const event of writer.events(answer)) {
    while (pending[0] && isDue(pending[0], event, progress)) {
      const fault = pending.shift();
      if (fault && (await strike(call, fault, progress)) === "over") return;
    }
    if (tokensOf(event) > 0) await pacer.beforeToken(progress.tokens);
    const altered = { ...event, json: alterJson(event.json, kinds) };
    await exchange.write(framing.encode(altered, call.random));
    progress = advance(progress, event);
    call.record(progress.frames === 1 ? "first-frame" : "frame", progress);
  }
  if (framing.end) await exchange.write(framing.end);
  await finishReply(call);
}

function midStreamFaults({ faults }: Call): Fault[] {
  return faults
    .filter(({ at }) => at === "mid-stream")
    .sort((one, other) => one.afterTokens - other.afterTokens);
}

/** A fault after more tokens than there are strikes when the content ends. */
function isDue({ afterTokens }: Fault, { phase }: ModelEvent, { tokens }: Progress): boolean {
  return phase === "token" ? tokens >= afterTokens : phase !== "opening";
}

function advance({ frames, tokens }: Progress, event: ModelEvent): Progress {
  return { frames: frames + 1, tokens: tokens + tokensOf(event) };
}

function tokensOf({ phase, tokens }: ModelEvent): number {
  return tokens ?? (phase === "token" ? 1 : 0);
}
