import type { Endpoint } from "./call.ts";

/** The geographies of inference profiles (AWS: supported inference profiles). */
const geography = /^(?:us|us-gov|eu|apac|ap|jp|au|ca|in|sa|me|af|il|global)\./;

/**
 * Whether two endpoints serve the same model: at the same provider, under ids that differ by the geography of a profile at
 * most. An ARN and an id are not compared: they are the same model only when they are the same text.
 */
export function isSameModel(one: Endpoint, other: Endpoint): boolean {
  if (one.provider !== other.provider || one.family !== other.family) return false;
  return one.model.replace(geography, "") === other.model.replace(geography, "");
}
