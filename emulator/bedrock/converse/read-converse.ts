import { isJsonObject, type JsonObject, parseJson } from "../../json.ts";
import type { Model } from "../../models/model.ts";
import type { Prompt, PromptMessage } from "../../prompt.ts";
import { memberOf, type RequestOptions, readOptions, withOptions } from "../request-options.ts";
import { invalid, readMaxTokens, readNumbers, readTexts } from "../validation.ts";
import { readExtraFields } from "./read-extra-fields.ts";
import { readConverseMessages, readConverseSystem } from "./read-messages.ts";
import { readToolConfig } from "./read-tools.ts";

/** A request of Converse or ConverseStream, taken apart. */
export interface ConverseRequest {
  readonly prompt: Prompt;
  readonly options: RequestOptions;
  /** JSON pointers to members of the model's own answer that are asked for. */
  readonly responseFieldPaths: readonly string[];
}

/** Reads a request body, refusing what Bedrock or the model behind it refuses. */
export function readConverse(body: JsonObject, model: Model, isStream: boolean): ConverseRequest {
  const { guardrailConfig, inferenceConfig = {} } = body;
  const options = readOptions({
    guardrailIdentifier: memberOf(guardrailConfig, "guardrailIdentifier"),
    guardrailVersion: memberOf(guardrailConfig, "guardrailVersion"),
    trace: memberOf(guardrailConfig, "trace"),
    serviceTier: memberOf(body.serviceTier, "type"),
    latency: memberOf(body.performanceConfig, "latency"),
  });
  if (!isJsonObject(inferenceConfig)) throw invalid("The inferenceConfig field is not an object.");
  const messages = readConverseMessages(body.messages);
  checkMedia(messages, model);
  const tools = readToolConfig(body.toolConfig, messages);
  if (tools.tools.length > 0) checkTools(model, isStream);
  const schema = readSchema(body.outputConfig);
  const prompt: Prompt = {
    system: readConverseSystem(body.system),
    messages,
    maxTokens: readMaxTokens(
      inferenceConfig.maxTokens,
      "inferenceConfig.maxTokens",
      model.maxOutputTokens,
    ),
    stopSequences: readTexts(inferenceConfig.stopSequences, "inferenceConfig.stopSequences"),
    sampling: readSampling(inferenceConfig),
    ...tools,
    ...(schema !== undefined && { answerSchema: schema }),
  };
  return {
    prompt: withOptions(readExtraFields(prompt, body.additionalModelRequestFields, model), options),
    options,
    responseFieldPaths: readTexts(
      body.additionalModelResponseFieldPaths,
      "additionalModelResponseFieldPaths",
    ),
  };
}

function readSampling(config: JsonObject): Record<string, number> {
  const fraction = { min: 0, max: 1 };
  const limits = { temperature: fraction, topP: fraction };
  const { topP, ...rest } = readNumbers(config, "inferenceConfig", limits);
  return { ...rest, ...(topP !== undefined && { top_p: topP }) };
}

function checkMedia(messages: readonly PromptMessage[], model: Model): void {
  for (const part of messages.flatMap(({ parts }) => parts)) {
    if (part.kind === "media" && !model.media.includes(part.medium)) {
      throw invalid(
        `This model doesn't support the ${part.medium} content block that you provided. Update the content block and try again.`,
      );
    }
  }
}

/** No Llama uses tools in a stream (seen live in October 2026). */
function checkTools({ family, hasTools }: Model, isStream: boolean): void {
  if (!hasTools) throw invalid("This model doesn't support tool use.");
  if (isStream && family === "llama") {
    throw invalid("This model doesn't support tool use in streaming mode.");
  }
}

/** The schema is JSON in a text. */
function readSchema(outputConfig: unknown): unknown {
  const textFormat = memberOf(outputConfig, "textFormat");
  if (textFormat === undefined) return undefined;
  const named = memberOf(memberOf(textFormat, "structure"), "jsonSchema");
  const schema = parseJson(String(memberOf(named, "schema")));
  if (memberOf(textFormat, "type") === "json_schema" && isJsonObject(schema)) return schema;
  throw invalid(
    "outputConfig.textFormat has a type json_schema and a schema that is JSON in a text.",
  );
}
