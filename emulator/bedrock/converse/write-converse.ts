import type { Answer, AnswerWriter, ModelEvent } from "../../api.ts";
import type { CompletionBlock } from "../../completion.ts";
import type { JsonObject } from "../../json.ts";
import { guardrailTrace, type RequestOptions } from "../request-options.ts";
import type { ConverseRequest } from "./read-converse.ts";
import { converseBlock, isSigned, redactedText, toolUseId } from "./write-blocks.ts";
import { converseUsage } from "./write-usage.ts";

/** Writes answers of Converse and ConverseStream; members are in alphabetical order, as on the wire. */
export function createConverseWriter(request: ConverseRequest): AnswerWriter {
  const ending = (answer: Answer) => ({
    ...extraFields(request, answer),
    stopReason: answer.completion.stopReason,
  });
  return {
    whole: (answer) => ({
      json: {
        ...ending(answer),
        ...measures(request.options, answer),
        output: {
          message: {
            content: answer.completion.blocks.map((block, index) =>
              converseBlock(answer, block, index),
            ),
            role: "assistant",
          },
        },
      },
    }),
    *events(answer) {
      const { blocks } = answer.completion;
      yield opening("messageStart", { role: "assistant" });
      for (const [index, block] of blocks.entries()) {
        yield* blockEvents(answer, block, index);
        const isLast = index === blocks.length - 1;
        const stop = event("contentBlockStop", { contentBlockIndex: index });
        yield { ...stop, phase: isLast ? "closing" : "opening" };
      }
      yield { ...event("messageStop", ending(answer)), phase: "closing" };
      yield { ...event("metadata", measures(request.options, answer)), phase: "last" };
    },
  };
}

const event = (name: string, json: JsonObject) => ({ name, json });

function opening(name: string, json: JsonObject): ModelEvent {
  return { ...event(name, json), phase: "opening" };
}

function* blockEvents(
  answer: Answer,
  block: CompletionBlock,
  index: number,
): Generator<ModelEvent> {
  const delta = (json: JsonObject) =>
    event("contentBlockDelta", { contentBlockIndex: index, delta: json });
  const token = (json: JsonObject): ModelEvent => ({ ...delta(json), phase: "token" });
  switch (block.kind) {
    case "text":
      for (const text of block.pieces) yield token({ text });
      // Real streams often end a text with a delta that has none.
      return yield { ...delta({ text: "" }), phase: "opening" };
    case "reasoning":
      return yield* reasoningEvents(answer, block, delta);
    case "redacted-reasoning":
      for (const data of block.pieces) yield token({ reasoningContent: { redactedContent: data } });
      return;
    case "tool-use": {
      const toolUse = { name: block.name, toolUseId: toolUseId(answer, index) };
      yield opening("contentBlockStart", { contentBlockIndex: index, start: { toolUse } });
      for (const input of block.pieces) yield token({ toolUse: { input } });
    }
  }
}

function* reasoningEvents(
  { modelId }: Answer,
  { pieces, signature }: CompletionBlock & { kind: "reasoning" },
  delta: (json: JsonObject) => { name: string; json: JsonObject },
): Generator<ModelEvent> {
  const told = (text: string) => delta({ reasoningContent: { text } });
  if (modelId.startsWith("amazon.")) {
    return yield { ...told(redactedText), phase: "token", tokens: pieces.length };
  }
  for (const text of pieces) yield { ...told(text), phase: "token" };
  if (isSigned(modelId)) yield { ...delta({ reasoningContent: { signature } }), phase: "opening" };
}

/** What stands in the body of a whole answer and in the `metadata` of a stream. */
function measures({ guardrail, serviceTier, latency }: RequestOptions, answer: Answer): JsonObject {
  const { usage, metrics, stopReason } = answer.completion;
  const wasBlocked = stopReason === "guardrail_intervened";
  return {
    ...(metrics && { metrics: { latencyMs: answer.elapsedMs() } }),
    ...(latency !== undefined && { performanceConfig: { latency } }),
    ...(serviceTier !== undefined && { serviceTier: { type: serviceTier } }),
    ...(guardrail?.isTraced && { trace: guardrailTrace(guardrail, wasBlocked) }),
    ...(usage && { usage: converseUsage(usage, answer.modelId) }),
  };
}

/** Of the model's own answer only the stop sequence can be asked for. */
function extraFields({ responseFieldPaths }: ConverseRequest, { completion }: Answer): JsonObject {
  if (!responseFieldPaths.includes("/stop_sequence")) return {};
  return { additionalModelResponseFields: { stop_sequence: completion.stopSequence } };
}
