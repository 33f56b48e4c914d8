import type { NeededCall } from "../checks/iam-breadth.ts";
import type { ModelInUse } from "../model-in-use.ts";

/** What one way of calling a model is made of in IAM. */
export interface CallTarget {
  /** The inference profile, for calls that go through one. */
  readonly profileArn: string | undefined;
  /** The models behind it, or the model itself; empty where an ARN hides them. */
  readonly modelArns: readonly string[];
}

/** The ARNs of each way of calling a model; the account's id is part of a profile's. */
export function callTargets(
  models: readonly ModelInUse[],
  accountId: string,
): readonly CallTarget[] {
  return models.map((model) => {
    const { calledId, region, foundationId, profileId, servedIn } = model;
    const partition = partitionOf(region);
    const modelArn = (at: string) =>
      `arn:${partition}:bedrock:${at}::foundation-model/${foundationId}`;
    const isArn = calledId.startsWith("arn:");
    if (profileId !== undefined) {
      const profileArn = isArn
        ? calledId
        : `arn:${partition}:bedrock:${region}:${accountId}:inference-profile/${profileId}`;
      // A global profile is served from any region: its model's ARN then names none.
      const places = servedIn ?? [region, ""];
      return { profileArn, modelArns: places.map(modelArn) };
    }
    if (!isArn) return { profileArn: undefined, modelArns: [modelArn(region)] };
    const isHidden = calledId.includes(":application-inference-profile/");
    return isHidden
      ? { profileArn: calledId, modelArns: [] }
      : { profileArn: undefined, modelArns: [calledId] };
  });
}

/** What a role has to be allowed for these models, one call at a time. */
export function neededCalls(
  models: readonly ModelInUse[],
  accountId: string,
): readonly NeededCall[] {
  return callTargets(models, accountId).flatMap(({ profileArn, modelArns }) => [
    ...(profileArn === undefined ? [] : [{ resource: profileArn }]),
    ...modelArns.map((resource) => ({ resource, profileArn })),
  ]);
}

/** AWS's partitions: China and the US government's regions are apart. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
