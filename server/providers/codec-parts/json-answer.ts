import type { JsonObject } from "@bufbuild/protobuf";
import type { CompleteRequest } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import type { JsonSchemaControl } from "../../core/model-traits.ts";

/** An answer that is asked for in JSON of a schema, and how the model is made to give it. */
export interface JsonAnswer {
  readonly name: string;
  readonly schema: JsonObject;
  readonly by: JsonSchemaControl;
}

/** How a request for JSON is put to a model; undefined when it asks for text. `usual` is the way of the family. */
export function jsonAnswerOf(
  { responseFormat }: CompleteRequest,
  { traits }: Endpoint,
  usual: JsonSchemaControl,
): JsonAnswer | undefined {
  const format = responseFormat?.format;
  if (format?.case !== "jsonSchema") return undefined;
  const { name, schema = {} } = format.value;
  return { name: name || "answer", schema, by: traits.jsonSchema ?? usual };
}

/** The name of the tool whose arguments are the answer; undefined where the answer is text. */
export function answerToolOf(answer: JsonAnswer | undefined): string | undefined {
  return answer?.by === "tool" ? answer.name : undefined;
}
