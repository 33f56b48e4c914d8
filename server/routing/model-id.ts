/** What a Bedrock model id, inference-profile id or ARN says about the model behind it. */
export interface ModelId {
  /** The foundation model's id without a geographic prefix, for example `anthropic.claude-3-haiku-20240307-v1:0`. */
  readonly foundationId: string;
  /** The maker's segment of the id, which is the family: `anthropic`, `meta`, … */
  readonly maker: string;
  /** The region of an ARN. */
  readonly region?: string | undefined;
  /** The geography of a cross-region profile, which may be served outside the region that is called; else "". */
  readonly geography: string;
}

/** The prefixes of cross-region inference profiles (AWS: supported inference profiles). */
const geographies = /^(?:us|us-gov|eu|apac|ap|jp|au|ca|in|sa|me|af|il|global)\.(?=[a-z0-9]+\.)/;

/** The segments by which Bedrock ids begin (AWS: ListFoundationModels, 2026). */
const makers = new Set(
  "ai21 amazon anthropic cohere deepseek google luma meta minimax mistral moonshot moonshotai nvidia openai qwen stability twelvelabs writer xai zai".split(
    " ",
  ),
);

const arn = /^arn:aws[a-z-]*:bedrock:(?<region>[a-z0-9-]*):\d*:[a-z-]+\/(?<id>.+)$/;

/** The region of any Bedrock ARN, also of one that hides its model. */
export function regionOfArn(text: string): string | undefined {
  return arn.exec(text)?.groups?.region || undefined;
}

/** The name of an OpenAI model without the day of its snapshot: `gpt-4o` for `gpt-4o-2024-08-06`. */
export function undated(text: string): string {
  return text.replace(/-20\d\d-\d\d-\d\d$/, "");
}

/** ARNs of what is served in the region that they name (AWS: the `modelId` of InvokeModel). */
const regionalArn =
  /^arn:aws[a-z-]*:(?:bedrock:[^/]*:(?:foundation-model|custom-model|custom-model-deployment|imported-model|provisioned-model)|sagemaker:[^/]*:endpoint)\//;

const profileArn = /^arn:aws[a-z-]*:bedrock:[^/]*:inference-profile\//;

/**
 * The geography that may serve a Bedrock id or ARN; "" is the called region alone. Undefined when the name does not
 * tell, as those of application profiles, prompt routers and prompts do not.
 */
export function servingGeography(text: string): string | undefined {
  if (regionalArn.test(text)) return "";
  const parsed = parseModelId(text);
  if (text.startsWith("arn:")) {
    return profileArn.test(text) ? parsed?.geography || undefined : undefined;
  }
  if (parsed) return parsed.geography;
  // An operator's entry of an unknown maker: with two dots, the first part may be a geography.
  return /^[^.]*\.[^.]*\./.test(text) ? undefined : "";
}

/** Reads an id. Undefined when it is not of a form that tells the model, as an application profile's ARN is not. */
export function parseModelId(text: string): ModelId | undefined {
  const resource = arn.exec(text)?.groups;
  const id = resource?.id ?? text;
  const foundationId = id.replace(geographies, "");
  const dot = foundationId.indexOf(".");
  const maker = foundationId.slice(0, Math.max(dot, 0));
  if (!makers.has(maker) || dot === foundationId.length - 1) return undefined;
  return {
    foundationId,
    maker,
    region: resource?.region || undefined,
    geography: id === foundationId ? "" : id.slice(0, id.indexOf(".")),
  };
}
