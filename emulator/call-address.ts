/** The two ways of delivering an answer: whole, or as a stream. */
export type Operation = "unary" | "stream";

/** The APIs that are spoken on the one port; journal entries and fault rules name them. */
export const apiNames = [
  "invoke",
  "converse",
  "count-tokens",
  "control-plane",
  "chat-completions",
  "openai-models",
] as const;
export type ApiName = (typeof apiNames)[number];

/** Which API is asked for which model, how and where. */
export interface CallAddress {
  readonly api: ApiName;
  /** The id as sent; empty when the call is about no single model. */
  readonly modelId: string;
  readonly operation: Operation;
  /** The region that the request is signed for, `unknown` when it says none. */
  readonly region: string;
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
