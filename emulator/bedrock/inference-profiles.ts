import { BedrockException } from "../bedrock-exception.ts";
import type { JsonObject } from "../json.ts";
import type { Model } from "../models/model.ts";
import type { ListingRequest } from "./control-plane-api.ts";
import { modelArn } from "./foundation-models.ts";
import { invalid } from "./validation.ts";

const account = "123456789012";
const largestPage = 1_000;
const usualPage = 100;
const madeAt = "2025-01-01T00:00:00Z";

/** Regions that a profile may send a call to (bedrock-wire.md, section 5.1). */
const regionsByPrefix: Readonly<Record<string, readonly string[]>> = {
  us: ["us-east-1", "us-east-2", "us-west-2"],
  eu: ["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"],
  apac: ["ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2"],
  jp: ["ap-northeast-1", "ap-northeast-3"],
  au: ["ap-southeast-2", "ap-southeast-4"],
  ca: ["ca-central-1"],
  in: ["ap-south-1", "ap-south-2"],
  global: ["us-east-1", "eu-central-1", "ap-southeast-1"],
};

/** ListInferenceProfiles: paged by `maxResults` and `nextToken`; all profiles are AWS's own. */
export function listProfiles({ query, region, desk }: ListingRequest): JsonObject {
  const size = readPageSize(query.get("maxResults"));
  const start = readToken(query.get("nextToken"));
  const type = query.get("typeEquals") ?? query.get("type");
  const all = type === "APPLICATION" ? [] : profilesOf(desk.list(), region);
  const end = start + size;
  return {
    inferenceProfileSummaries: all.slice(start, end),
    ...(end < all.length && { nextToken: Buffer.from(`from ${end}`).toString("base64url") }),
  };
}

/** GetInferenceProfile, by id or ARN. */
export function describeProfile({ region, desk }: ListingRequest, id: string): JsonObject {
  const bare = id.startsWith("arn:") ? id.slice(id.lastIndexOf("/") + 1) : id;
  const found = profilesOf(desk.list(), region).find((each) => each.inferenceProfileId === bare);
  if (found) return found;
  throw new BedrockException("ResourceNotFoundException", {
    message: "The specified inference profile could not be found.",
  });
}

function profilesOf(list: ReturnType<ListingRequest["desk"]["list"]>, region: string) {
  return list.flatMap(([model]) => model.profiles.map((prefix) => profile(model, prefix, region)));
}

function profile(model: Model, prefix: string, region: string): JsonObject {
  const id = `${prefix}.${model.id}`;
  const regions = regionsByPrefix[prefix] ?? [region];
  return {
    createdAt: madeAt,
    description: `Routes requests to ${model.name} in ${regions.join(", ")}.`,
    inferenceProfileArn: `arn:aws:bedrock:${region}:${account}:inference-profile/${id}`,
    inferenceProfileId: id,
    inferenceProfileName: `${prefix.toUpperCase()} ${model.name}`,
    models: regions.map((each) => ({ modelArn: modelArn(model, each) })),
    status: "ACTIVE",
    type: "SYSTEM_DEFINED",
    updatedAt: madeAt,
  };
}

function readPageSize(text: string | null): number {
  if (text === null) return usualPage;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= largestPage) return size;
  throw invalid(
    `1 validation error detected: Value '${text}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${largestPage}`,
  );
}

function readToken(token: string | null): number {
  if (token === null) return 0;
  const match = /^from (\d+)$/.exec(Buffer.from(token, "base64url").toString());
  if (match) return Number(match[1]);
  throw invalid("The provided nextToken is invalid.");
}
