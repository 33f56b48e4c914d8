import type { Answer, AnswerWriter } from "../api.ts";
import type { JsonObject } from "../json.ts";
import type { PromptGuardrail } from "../prompt.ts";
import { guardrailTrace } from "./request-options.ts";

/**
 * What InvokeModel adds when a guardrail was asked for: its action, and with trace what it found,
 * in the body of a whole answer and in the last event of a stream.
 */
export function withGuardrail(
  writer: AnswerWriter,
  guardrail: PromptGuardrail | undefined,
): AnswerWriter {
  if (!guardrail) return writer;
  return {
    ...writer,
    whole(answer) {
      const { json, ...rest } = writer.whole(answer);
      return { ...rest, json: { ...json, ...members(guardrail, answer) } };
    },
    *events(answer) {
      for (const event of writer.events(answer)) {
        if (event.phase !== "last") yield event;
        else yield { ...event, json: { ...event.json, ...members(guardrail, answer) } };
      }
    },
  };
}

function members(guardrail: PromptGuardrail, { completion }: Answer): JsonObject {
  const wasBlocked = completion.stopReason === "guardrail_intervened";
  return {
    "amazon-bedrock-guardrailAction": wasBlocked ? "INTERVENED" : "NONE",
    ...(guardrail.isTraced && { "amazon-bedrock-trace": guardrailTrace(guardrail, wasBlocked) }),
  };
}
