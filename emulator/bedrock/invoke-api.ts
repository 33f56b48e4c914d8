import type { Api } from "../api.ts";
import { foundationModelId, type Operation } from "../call-address.ts";
import { findFamily } from "../families/families.ts";
import { parseJson } from "../json.ts";
import type { BedrockDoor } from "./bedrock-door.ts";
import { parseModelPath, signingRegion } from "./bedrock-path.ts";
import { withInvocationMetrics } from "./invocation-metrics.ts";
import { invokeFraming } from "./invoke-framing.ts";

const operations: ReadonlyMap<string, Operation> = new Map([
  ["invoke", "unary"],
  ["invoke-with-response-stream", "stream"],
]);

/** InvokeModel and InvokeModelWithResponseStream: every family in its own words. */
export function createInvokeApi(door: BedrockDoor): Api {
  return {
    ...door,
    framing: invokeFraming,
    parseAddress(request) {
      const path = parseModelPath(request);
      const operation = operations.get(path?.verb ?? "");
      if (!path || !operation) return undefined;
      return { api: "invoke", modelId: path.modelId, operation, region: signingRegion(request) };
    },
    read({ body }, address) {
      const modelId = foundationModelId(address.modelId);
      const family = findFamily(modelId);
      const prompt = family.readPrompt(parseJson(body.toString()), modelId);
      return { prompt, writer: withInvocationMetrics(family) };
    },
  };
}
