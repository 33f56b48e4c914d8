import { Lifecycle } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { ListedModel } from "../core/listed-model.ts";
import type { ModelEntry } from "./models/model-entry.ts";

/** Where a model stands on a day: what AWS lists decides, the catalogue's dates where it lists nothing. */
export function lifecycleOf(
  entry: ModelEntry,
  listed: ListedModel | undefined,
  day: string,
): Lifecycle {
  const end = listed ? listed.endOfLife : entry.endOfLife;
  if (end !== undefined && end.slice(0, 10) <= day) return Lifecycle.END_OF_LIFE;
  if (listed && listed.lifecycle !== "unknown") {
    return listed.lifecycle === "legacy" ? Lifecycle.LEGACY : Lifecycle.ACTIVE;
  }
  return entry.isLegacy ? Lifecycle.LEGACY : Lifecycle.ACTIVE;
}
