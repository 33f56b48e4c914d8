import { alterJson } from "./alterations.ts";
import { type Call, elapsedMs, finishReply, startReply } from "./call.ts";
import type { Completion } from "./completion.ts";
import { encodeChunk, randomPadding } from "./event-stream.ts";
import type { AnswerIdentity, Family, ModelEvent } from "./families/family.ts";
import type { Fault } from "./faults.ts";
import { streamHead } from "./reply-heads.ts";
import { type Progress, strike, strikeAt } from "./strike.ts";

/** Answers InvokeModelWithResponseStream: one frame per event, each when its token is due. */
export async function answerStream(
  call: Call,
  family: Family,
  completion: Completion,
  identity: AnswerIdentity,
): Promise<void> {
  await call.pacer.beforeFirstToken();
  startReply(call, streamHead);
  if ((await strikeAt(call, "first-frame")) === "over") return;
  const firstByteLatency = elapsedMs(call);
  const kinds = call.faults.map(({ action }) => action.kind);
  const pending = midStreamFaults(call);
  let progress: Progress = { frames: 0, tokens: 0 };
  for (const event of family.streamEvents(completion, identity)) {
    while (pending[0] && isDue(pending[0], event, progress)) {
      const fault = pending.shift();
      if (fault && (await strike(call, fault, progress)) === "over") return;
    }
    if (event.phase === "token") await call.pacer.beforeToken(progress.tokens);
    const isMeasured = event.phase === "last" && completion.metrics;
    const metrics = isMeasured ? invocationMetrics(isMeasured, call, firstByteLatency) : {};
    const json = JSON.stringify({ ...alterJson(event.json, kinds), ...metrics });
    await call.exchange.write(encodeChunk(json, randomPadding(call.random)));
    progress = advance(progress, event);
    call.record(progress.frames === 1 ? "first-frame" : "frame", progress);
  }
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

function advance({ frames, tokens }: Progress, { phase }: ModelEvent): Progress {
  return { frames: frames + 1, tokens: tokens + (phase === "token" ? 1 : 0) };
}

function invocationMetrics(
  { inputTokens, outputTokens }: NonNullable<Completion["metrics"]>,
  call: Call,
  firstByteLatency: number,
) {
  return {
    "amazon-bedrock-invocationMetrics": {
      inputTokenCount: inputTokens,
      outputTokenCount: outputTokens,
      invocationLatency: elapsedMs(call),
      firstByteLatency,
    },
  };
}
