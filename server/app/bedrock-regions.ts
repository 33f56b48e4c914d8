import { wantsBedrock } from "../config/conflicts.ts";
import type { Configuration } from "../config/settings.ts";
import { regionFromSdk } from "../providers/bedrock/client.ts";

/** Every region that Bedrock is asked in, the first one first; none where it is off, or nobody knows its region. */
export async function bedrockRegions(settings: Configuration): Promise<readonly string[]> {
  if (!wantsBedrock(settings)) return [];
  const first = settings.bedrockRegion ?? (await regionFromSdk());
  return first === undefined ? [] : [...new Set([first, ...settings.bedrockFailoverRegions])];
}
