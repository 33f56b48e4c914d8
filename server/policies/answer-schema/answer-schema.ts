import type { JsonObject } from "@bufbuild/protobuf";
import {
  type Completed,
  type CompleteRequest,
  FinishReason,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../core/error.ts";
import { mapEvents } from "../../core/events.ts";
import type { Layer } from "../../core/layer.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import type { SchemaChecker } from "./schema-checker.ts";

/** An answer with more characters than this is not checked, and so not said to fit. */
const longestAnswer = 16 * 1024 * 1024;

/**
 * Refuses a schema that cannot be used, and ends an answer that does not fit its schema with SCHEMA_MISMATCH. Answers to
 * requests without a schema pass untouched.
 */
export function answerSchema({ checker }: { checker: SchemaChecker }): Layer {
  return {
    name: "answerSchema",
    wrap: (next) => async (call) => {
      const schema = schemaOf(call.request);
      if (!schema) return next(call);
      await refuseUnusable(schema, checker);
      const reply = await next(call);
      let answer = "";
      const judged = async (completed: Completed): Promise<CompletionEvent> => {
        const fits = !isFinished(completed) || (await fitsSchema(schema, answer, checker));
        const finishReason = fits ? completed.finishReason : FinishReason.SCHEMA_MISMATCH;
        return { case: "completed", value: { ...completed, finishReason } };
      };
      const events = mapEvents(reply.events, {
        event(event) {
          if (event.case === "completed") return judged(event.value);
          const piece = event.case === "delta" ? event.value.piece : undefined;
          if (piece?.case === "text" && answer.length <= longestAnswer) answer += piece.value;
          return event;
        },
      });
      return { ...reply, events };
    },
  };
}

function schemaOf({ responseFormat }: CompleteRequest): JsonObject | undefined {
  const format = responseFormat?.format;
  return format?.case === "jsonSchema" ? (format.value.schema ?? {}) : undefined;
}

/** An answer that was cut, refused or filtered says so itself, and one that asks for a tool is not the answer yet. */
function isFinished({ finishReason }: Completed): boolean {
  return finishReason === FinishReason.STOP || finishReason === FinishReason.STOP_SEQUENCE;
}

async function fitsSchema(
  schema: JsonObject,
  answer: string,
  checker: SchemaChecker,
): Promise<boolean> {
  if (answer.length > longestAnswer) return false;
  const outcome = await checker.check(schema, answer);
  return outcome?.kind === "fits";
}

async function refuseUnusable(schema: JsonObject, checker: SchemaChecker): Promise<void> {
  const field = "response_format.json_schema.schema";
  const outcome = await checker.check(schema);
  if (outcome?.kind === "unusable") {
    const description = `Is no JSON Schema that can be checked, see ${outcome.where}.`;
    throw GatewayError.invalid({ field, description });
  }
  if (outcome === undefined) {
    const description = "Takes too long to check. Simplify it, its patterns above all.";
    throw GatewayError.invalid({ field, description });
  }
}
