import type { Geography } from "./models/model-entry.ts";

/**
 * The geographies whose inference profiles can be called from a region, narrowest first; `global` is last, because it
 * may be served anywhere (AWS: Supported Regions and models for inference profiles).
 */
export function geographiesOf(region: string): readonly Geography[] {
  if (region.startsWith("us-gov-")) return ["us-gov"];
  const narrow = narrowGeographies.get(region);
  return [...(narrow ?? broadGeographies(region)), "global"];
}

const narrowGeographies = new Map<string, readonly Geography[]>([
  ["ap-northeast-1", ["jp", "apac"]],
  ["ap-northeast-3", ["jp", "apac"]],
  ["ap-southeast-2", ["au", "apac"]],
  ["ap-southeast-4", ["au", "apac"]],
  ["ap-south-1", ["in", "apac"]],
  ["ap-south-2", ["in", "apac"]],
]);

function broadGeographies(region: string): readonly Geography[] {
  const [continent] = region.split("-");
  switch (continent) {
    case "us":
      return ["us"];
    case "eu":
      return ["eu"];
    case "ap":
      return ["apac"];
    case "ca":
      return ["ca", "us"];
    default:
      return [];
  }
}
