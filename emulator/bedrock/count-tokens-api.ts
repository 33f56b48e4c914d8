import { countPrompt } from "../answers/count-prompt.ts";
import type { Api } from "../api.ts";
import { findFamily } from "../families/families.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Model } from "../models/model.ts";
import type { Prompt } from "../prompt.ts";
import type { BedrockDoor } from "./bedrock-door.ts";
import { parseModelPath, signingRegion } from "./bedrock-path.ts";
import { readConverse } from "./converse/read-converse.ts";
import { converseFraming } from "./converse-framing.ts";
import { base64Bytes } from "./media.ts";
import type { ModelDesk } from "./model-desk.ts";
import { readJsonBody } from "./read-json-body.ts";
import { memberOf } from "./request-options.ts";
import { invalid } from "./validation.ts";

/** CountTokens: how many tokens a request of InvokeModel or Converse would cost, without sending it. */
export function createCountTokensApi(door: BedrockDoor, desk: ModelDesk): Api {
  return {
    ...door,
    framing: converseFraming,
    parseAddress(request) {
      const path = parseModelPath(request);
      if (path?.verb !== "count-tokens") return undefined;
      const { modelId } = path;
      const region = signingRegion(request);
      return { api: "count-tokens", modelId, operation: "unary", region };
    },
    read({ body }, { modelId }) {
      const prompt = readPrompt(readJsonBody(body), desk.find(modelId));
      return { json: { inputTokens: countPrompt(prompt) } };
    },
  };
}

function readPrompt({ input }: JsonObject, model: Model): Prompt {
  const { invokeModel, converse } = isJsonObject(input) ? input : {};
  if (invokeModel !== undefined) {
    const text = memberOf(invokeModel, "body");
    base64Bytes(text, "input.invokeModel.body is not base64, or empty");
    const body = readJsonBody(Buffer.from(String(text), "base64"));
    return findFamily(model).read(body, model).prompt;
  }
  if (isJsonObject(converse)) return readConverse(converse, model, false).prompt;
  throw invalid("The input has no single member that is invokeModel or converse.");
}
