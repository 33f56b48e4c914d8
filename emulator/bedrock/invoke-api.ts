import type { Api } from "../api.ts";
import type { Operation } from "../call-address.ts";
import { findFamily } from "../families/families.ts";
import type { BedrockDoor } from "./bedrock-door.ts";
import { parseModelPath, signingRegion } from "./bedrock-path.ts";
import { withGuardrail } from "./guardrail-action.ts";
import { withInvocationMetrics } from "./invocation-metrics.ts";
import { invokeFraming } from "./invoke-framing.ts";
import type { ModelDesk } from "./model-desk.ts";
import { readJsonBody } from "./read-json-body.ts";
import { optionHeaders, readOptionHeaders, withOptions } from "./request-options.ts";

const operations: ReadonlyMap<string, Operation> = new Map([
  ["invoke", "unary"],
  ["invoke-with-response-stream", "stream"],
]);

/** InvokeModel and InvokeModelWithResponseStream: every family in its own words. */
export function createInvokeApi(door: BedrockDoor, desk: ModelDesk): Api {
  return {
    ...door,
    framing: invokeFraming,
    parseAddress(request) {
      const path = parseModelPath(request);
      const operation = operations.get(path?.verb ?? "");
      if (!path || !operation) return undefined;
      return { api: "invoke", modelId: path.modelId, operation, region: signingRegion(request) };
    },
    read({ body, headers }, { modelId }) {
      const model = desk.find(modelId);
      const { prompt, writer } = findFamily(model).read(readJsonBody(body), model);
      const options = readOptionHeaders(headers);
      const guarded = withGuardrail(writer, options.guardrail);
      return {
        prompt: withOptions(prompt, options),
        writer: withInvocationMetrics(guarded, optionHeaders(options)),
      };
    },
  };
}
