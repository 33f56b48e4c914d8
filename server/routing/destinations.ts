import type { ListedModel } from "../core/listed-model.ts";
import { servingGeography } from "./model-id.ts";

/**
 * The regions that an inference profile of a geography may serve from, besides the one that is called (AWS: Supported
 * Regions and models for inference profiles, the model cards' tables of destinations, and the CDK's list of
 * geographies; autumn 2026). Models differ: each list is the union of what AWS says of any of them, because a fence has
 * to hold for all. `global` is served from any commercial region, and of other geographies nothing is known.
 */
const destinations: ReadonlyMap<string, readonly string[]> = new Map([
  ["us", ["us-east-1", "us-east-2", "us-west-1", "us-west-2"]],
  ["us-gov", ["us-gov-east-1", "us-gov-west-1"]],
  [
    "eu",
    [
      "eu-central-1",
      "eu-central-2",
      "eu-north-1",
      "eu-south-1",
      "eu-south-2",
      "eu-west-1",
      "eu-west-2",
      "eu-west-3",
    ],
  ],
  [
    "apac",
    [
      "ap-east-2",
      "ap-northeast-1",
      "ap-northeast-2",
      "ap-northeast-3",
      "ap-south-1",
      "ap-south-2",
      "ap-southeast-1",
      "ap-southeast-2",
      "ap-southeast-3",
      "ap-southeast-4",
      "ap-southeast-5",
      "ap-southeast-7",
      "me-central-1",
    ],
  ],
  ["jp", ["ap-northeast-1", "ap-northeast-3"]],
  ["au", ["ap-southeast-2", "ap-southeast-4"]],
  ["ca", ["ca-central-1", "ca-west-1"]],
  ["in", ["ap-south-1", "ap-south-2"]],
]);

/**
 * Every region that may serve a call to a Bedrock id or ARN when it is sent to a region; undefined: any region, or nobody
 * knows which. What AWS lists for a profile there wins over the table.
 */
export function servedIn(
  model: string,
  region: string,
  listed: ListedModel | undefined,
): readonly string[] | undefined {
  const geography = servingGeography(model);
  if (geography === "") return [region];
  // AWS lists a global profile with the region that was asked and with none at all.
  if (geography === undefined || geography === "global") return undefined;
  const profile = model.slice(model.lastIndexOf("/") + 1);
  const known = listed?.profileRegions?.get(profile) ?? destinations.get(geography);
  return known && (known.includes(region) ? known : [...known, region]);
}
