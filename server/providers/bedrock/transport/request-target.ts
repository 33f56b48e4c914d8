import { latencyWord, serviceTierWord } from "./aws-words.ts";
import { encodeLabel } from "./signature.ts";
import type { BedrockRequest } from "./transport.ts";

const operations = {
  invoke: { whole: "invoke", stream: "invoke-with-response-stream" },
  converse: { whole: "converse", stream: "converse-stream" },
} as const;

/** The path of a request: the model is one label, however many slashes its ARN has. */
export function pathOf({ api, model }: BedrockRequest, delivery: "whole" | "stream"): string {
  return `/model/${labelOf(model)}/${operations[api][delivery]}`;
}

/** Labels of models that were asked for lately: there are few models, and many calls. */
const knownLabels = new Map<string, string>();
const mostKnownLabels = 1000;

function labelOf(model: string): string {
  let label = knownLabels.get(model);
  if (label === undefined) {
    label = encodeModel(model);
    if (knownLabels.size >= mostKnownLabels) knownLabels.clear();
    knownLabels.set(model, label);
  }
  return label;
}

/** A label of dots alone would be a way through the path. */
function encodeModel(model: string): string {
  const label = encodeLabel(model.toWellFormed());
  return /^\.+$/.test(label) ? label.replaceAll(".", "%2E") : label;
}

/** The headers that a request has before it is signed (AWS: InvokeModel, request headers). */
export function headersOf(
  { api, options }: BedrockRequest,
  delivery: "whole" | "stream",
): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (api === "converse") return headers;
  headers[delivery === "whole" ? "accept" : "x-amzn-bedrock-accept"] = "application/json";
  const { guardrail, serviceTier, latencyProfile } = options;
  const optional = {
    "x-amzn-bedrock-guardrailidentifier": guardrail?.id,
    "x-amzn-bedrock-guardrailversion": guardrail?.version,
    "x-amzn-bedrock-service-tier": serviceTierWord(serviceTier),
    "x-amzn-bedrock-performanceconfig-latency": latencyWord(latencyProfile),
  };
  for (const [name, value] of Object.entries(optional)) if (value) headers[name] = value;
  return headers;
}
