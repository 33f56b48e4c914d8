import { Direction, RedactionAction } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Completed, type CompleteResponse, FinishReason } from "../sdk/node.ts";
import { usd } from "./usd.ts";

/** One line about an answer: who gave it, how long it took, why it ended and what it cost. */
export function summaryLine(answer: CompleteResponse | Completed): string {
  const { model, provider, region, usage, cost } = answer;
  const facts = [
    `${model} (${provider}, ${region})`,
    `tokens: ${usage?.inputTokens ?? 0} in, ${usage?.outputTokens ?? 0} out`,
    `${answer.latencyMs} ms, first token after ${answer.timeToFirstTokenMs} ms`,
    finish(answer),
    ...redacted(answer),
    ...(cost ? [`$${usd(cost.nanoUsd)}${answer.replayOf && " (not billed again)"}`] : []),
  ];
  return facts.join(" | ");
}

/** What policies found, by entity; the answer has no values. */
function redacted({ redactions }: CompleteResponse | Completed): string[] {
  if (redactions.length === 0) return [];
  const counts = redactions.map(({ entity, count, direction, action }) => {
    const way = direction === Direction.REQUEST ? "asked" : "answered";
    return `${count} ${entity} ${way}, ${actions.get(action) ?? "found"}`;
  });
  return [`personal data: ${counts.join("; ")}`];
}

const actions = new Map<RedactionAction, string>(
  Object.entries(RedactionAction).map(([name, action]) => [action, name.toLowerCase()]),
);

/** The reasons that mean the text is not all that the model would have said. */
const cut = new Map<FinishReason, string>([
  [FinishReason.LENGTH, "the answer is cut: allow more with --max-tokens"],
  [FinishReason.CONTEXT_WINDOW, "the answer is cut: the context window is full"],
  [FinishReason.CONTENT_FILTER, "the provider's filter ended the answer"],
  [FinishReason.REFUSAL, "the model declined"],
]);

function finish({ finishReason, providerFinishReason }: CompleteResponse | Completed): string {
  const word = names.get(finishReason) ?? providerFinishReason;
  const meaning = cut.get(finishReason);
  return meaning ? `${word} (${meaning})` : word;
}

const names = new Map<FinishReason, string>(
  Object.entries(FinishReason).map(([name, reason]) => [reason, name.toLowerCase()]),
);
