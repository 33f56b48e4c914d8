import type { FoundationModelSummary, InferenceProfileSummary } from "@aws-sdk/client-bedrock";
import type { ListedModel } from "../../../core/listed-model.ts";

/** Ids and names longer than this are nobody's. */
const longestText = 256;

/**
 * The two listings as one: every foundation model once, with its profiles. What has no usable id is left out, and so is
 * a profile of a model that is not listed: nothing is known about it, not even that it writes text.
 */
export function toListedModels(
  models: readonly FoundationModelSummary[],
  profiles: readonly InferenceProfileSummary[],
): ListedModel[] {
  const profilesOf = profilesByModel(profiles);
  const byId = new Map<string, ListedModel>();
  for (const summary of models) {
    const id = usable(summary.modelId);
    if (id && id.indexOf(".") > 0 && !byId.has(id)) {
      byId.set(id, listedModel(id, summary, profilesOf.get(id) ?? new Map()));
    }
  }
  return [...byId.values()];
}

function listedModel(
  id: string,
  summary: FoundationModelSummary,
  profiles: ProfileRegions,
): ListedModel {
  const { outputModalities = [], inputModalities = [], inferenceTypesSupported = [] } = summary;
  const { status, legacyTime, endOfLifeTime } = summary.modelLifecycle ?? {};
  return {
    id,
    name: usable(summary.modelName) ?? id,
    maker: id.slice(0, id.indexOf(".")),
    isText: outputModalities.includes("TEXT"),
    inputModalities,
    isStreaming: summary.responseStreamingSupported ?? false,
    onDemand: inferenceTypesSupported.includes("ON_DEMAND"),
    profiles: [...profiles.keys()],
    profileRegions: profiles,
    lifecycle: lifecycles.get(String(status)) ?? "unknown",
    ...(legacyTime && { legacyFrom: dayOf(legacyTime) }),
    ...(endOfLifeTime && { endOfLife: dayOf(endOfLifeTime) }),
  };
}

const lifecycles: ReadonlyMap<string, ListedModel["lifecycle"]> = new Map([
  ["ACTIVE", "active"],
  ["LEGACY", "legacy"],
]);

/** Profile ids, each with the regions of the ARNs behind it; a region that an ARN leaves open stands as "". */
type ProfileRegions = ReadonlyMap<string, readonly string[]>;

/** By the foundation model that the ARNs behind the profile name. */
function profilesByModel(
  profiles: readonly InferenceProfileSummary[],
): ReadonlyMap<string, ProfileRegions> {
  const byModel = new Map<string, Map<string, readonly string[]>>();
  for (const { inferenceProfileId, models = [] } of profiles) {
    const id = usable(inferenceProfileId);
    const [modelId] = models.flatMap(({ modelArn = "" }) => modelArn.split("/")[1] ?? []);
    if (!id || !modelId) continue;
    const known = byModel.get(modelId) ?? new Map<string, readonly string[]>();
    byModel.set(modelId, known);
    if (!known.has(id)) known.set(id, regionsOf(models));
  }
  return byModel;
}

function regionsOf(models: readonly { readonly modelArn?: string | undefined }[]): string[] {
  return [...new Set(models.map(({ modelArn = "" }) => modelArn.split(":")[3] ?? ""))];
}

/** Text without control characters and of sensible length; it will be printed, logged and compared. */
function usable(text: string | undefined): string | undefined {
  if (!text || text.length > longestText || /\p{Cc}/u.test(text)) return undefined;
  return text;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
