import type { JsonObject } from "../json.ts";
import { invalidRequest } from "./openai-error.ts";
import type { Effort, OpenAiModel } from "./openai-models.ts";
import { readWord } from "./request-fields.ts";

/** How much the model reasons for this request; newer models refuse to do so beside tools. */
export function readEffort(body: JsonObject, model: OpenAiModel, hasTools: boolean): Effort {
  const asked = readWord(body, "reasoning_effort");
  if (asked !== undefined && model.efforts.length === 0) {
    throw invalidRequest("Unrecognized request argument supplied: reasoning_effort");
  }
  const effort =
    asked === undefined ? model.usualEffort : model.efforts.find((each) => each === asked);
  if (effort === undefined) {
    const list = model.efforts.map((each) => `'${each}'`).join(", ");
    throw invalidRequest(
      `Unsupported value: 'reasoning_effort' does not support '${asked}' with this model. Supported values are: ${list}.`,
      { param: "reasoning_effort", code: "unsupported_value" },
    );
  }
  const { toolsExclude } = model;
  const isAsked = asked !== undefined && asked !== "none";
  const isExcluded =
    toolsExclude === "any-effort" ? effort !== "none" : toolsExclude === "asked-effort" && isAsked;
  if (!hasTools || !isExcluded) return effort;
  throw invalidRequest(
    `Function tools with reasoning_effort are not supported for ${model.id} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
    { param: "reasoning_effort" },
  );
}
