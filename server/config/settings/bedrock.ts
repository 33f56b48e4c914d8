import {
  flag,
  httpUrl,
  listLike,
  neverOr,
  oneOf,
  optionalText,
  type SettingsTable,
  textLike,
  wholeNumber,
} from "../setting.ts";

/** Amazon Bedrock: where it is, and what calls to it say unless a request does. */
export interface BedrockSettings {
  /** Undefined: not said, which means on as soon as a region or a model is configured. */
  readonly bedrockEnabled: boolean | undefined;
  readonly bedrockRegion: string | undefined;
  /** Undefined: not said, which means the guide's model. */
  readonly bedrockModel: string | undefined;
  readonly bedrockEndpointUrl: string | undefined;
  /** Further regions, in the order in which they are asked when the first one fails. */
  readonly bedrockFailoverRegions: readonly string[];
  /** Where Bedrock is in those regions; undefined: as the first region's URL says. */
  readonly bedrockFailoverEndpointUrl: string | undefined;
  /** The control plane, for the live listing of models; undefined: AWS's own, if the runtime's endpoint is too. */
  readonly bedrockControlEndpointUrl: string | undefined;
  readonly bedrockTransport: "lean" | "sdk";
  readonly bedrockGuardrailId: string | undefined;
  readonly bedrockGuardrailVersion: string | undefined;
  readonly bedrockServiceTier: "default" | "priority" | "flex" | "reserved" | undefined;
  readonly bedrockLatencyProfile: "standard" | "optimized" | undefined;
  /** How often the live listing is read; 0 means never. */
  readonly modelRefreshMs: number;
}

const region = /^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$/;

/** How each is named and read. */
export const bedrockSettingsTable: SettingsTable<BedrockSettings> = {
  bedrockEnabled: {
    env: "LLM_BEDROCK_ENABLED",
    yaml: "BedrockEnabled",
    summary: "true or false. Not set: true when a region or a model is configured.",
    read: flag,
  },
  bedrockRegion: {
    env: "LLM_BEDROCK_REGION",
    yaml: "BedrockRegion",
    summary: "Bedrock's region. Not set: what the AWS SDK finds (AWS_REGION, the AWS profile).",
    read: textLike(region, "an AWS region such as us-east-1"),
  },
  bedrockModel: {
    env: "LLM_BEDROCK_MODEL",
    yaml: "BedrockModel",
    summary:
      "What a request without a model means. Not set: Claude 3.5 Sonnet, as in the setup guide.",
    isReloadable: true,
    read: optionalText,
  },
  bedrockEndpointUrl: {
    env: "LLM_BEDROCK_ENDPOINT_URL",
    yaml: "BedrockEndpointURL",
    summary:
      "A VPC endpoint for Bedrock; {region} in it stands for the region. Not set: AWS's public endpoint.",
    read: httpUrl,
  },
  bedrockFailoverRegions: {
    env: "LLM_BEDROCK_FAILOVER_REGION",
    yaml: "BedrockFailoverRegion",
    form: "list",
    summary: "Regions that are asked when the first one fails, in this order, separated by commas.",
    fallback: "",
    read: listLike(region, "AWS regions such as us-west-2"),
  },
  bedrockFailoverEndpointUrl: {
    env: "LLM_BEDROCK_FAILOVER_ENDPOINT_URL",
    yaml: "BedrockFailoverEndpointURL",
    summary:
      "The VPC endpoint of the failover region; with several, {region} in it stands for each.",
    read: httpUrl,
  },
  bedrockControlEndpointUrl: {
    env: "LLM_BEDROCK_CONTROL_ENDPOINT_URL",
    yaml: "BedrockControlEndpointURL",
    summary:
      "Bedrock's control plane, which lists models. Not set: AWS's public one, or none beside a VPC endpoint.",
    read: httpUrl,
  },
  bedrockTransport: {
    env: "LLM_BEDROCK_TRANSPORT",
    yaml: "BedrockTransport",
    summary: "lean (kept connections, the gateway's own signer) or sdk (the AWS SDK's client).",
    fallback: "lean",
    read: oneOf("lean", "sdk"),
  },
  bedrockGuardrailId: {
    env: "LLM_BEDROCK_GUARDRAIL_ID",
    yaml: "BedrockGuardrailId",
    summary: "A Bedrock guardrail that checks every call. Requests cannot name another one.",
    read: optionalText,
  },
  bedrockGuardrailVersion: {
    env: "LLM_BEDROCK_GUARDRAIL_VERSION",
    yaml: "BedrockGuardrailVersion",
    summary: "The guardrail's version: a number, or DRAFT.",
    read: optionalText,
  },
  bedrockServiceTier: {
    env: "LLM_BEDROCK_SERVICE_TIER",
    yaml: "BedrockServiceTier",
    summary: "default, priority, flex or reserved, for requests that do not say.",
    read: oneOf("default", "priority", "flex", "reserved"),
  },
  bedrockLatencyProfile: {
    env: "LLM_BEDROCK_LATENCY_PROFILE",
    yaml: "BedrockLatencyProfile",
    summary: "standard or optimized, for requests that do not say.",
    read: oneOf("standard", "optimized"),
  },
  modelRefreshMs: {
    env: "AXONFLOW_MODEL_REFRESH_MS",
    yaml: "ModelRefreshMs",
    summary: "How often the models that AWS lists are read, in ms, from a minute. 0 means never.",
    fallback: "3600000",
    read: neverOr(wholeNumber(60_000, 2_147_483_647)),
  },
};
