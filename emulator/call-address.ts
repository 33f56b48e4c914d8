import { BedrockException } from "./bedrock-exception.ts";

/** The two ways of delivering an answer: whole, or as a stream. */
export type Operation = "unary" | "stream";

/** Which model is called where and how; the region is the one the request is signed for. */
export interface CallAddress {
  readonly modelId: string;
  readonly operation: Operation;
  readonly region: string;
}

const operations: Readonly<Record<string, Operation>> = {
  invoke: "unary",
  "invoke-with-response-stream": "stream",
};

/**
 * Reads the model and the operation from a path such as `/model/{id}/invoke`. The id is one label,
 * decoded after the path is split, so an ARN keeps its slashes.
 */
export function parseCallAddress(method: string, path: string, region: string): CallAddress {
  const [root, collection, label = "", verb = "", ...rest] = (path.split("?")[0] ?? "").split("/");
  const operation = Object.hasOwn(operations, verb) ? operations[verb] : undefined;
  const isKnown = method === "POST" && root === "" && collection === "model" && rest.length === 0;
  if (!isKnown || !operation) throw new BedrockException("UnknownOperationException");
  return { modelId: decodeLabel(label), operation, region };
}

/** A label that cannot be decoded names no model; the empty id stands for it. */
function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return "";
  }
}

const geographicPrefix =
  /^(?:us-gov|us|eu|apac|ap|jp|au|ca|in|sa|me|af|il|global)\.(?=[a-z0-9]+\.)/;

/**
 * The foundation model behind an id: without the geographic prefix of an inference profile, and
 * taken out of an ARN. ARNs that hide the model (application inference profiles) stay whole.
 */
export function foundationModelId(modelId: string): string {
  const name = modelId.startsWith("arn:") ? modelId.slice(modelId.lastIndexOf("/") + 1) : modelId;
  return name.replace(geographicPrefix, "");
}
