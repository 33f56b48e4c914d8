import type { ModelInUse } from "../../server/doctor/model-in-use.ts";

const sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";

/** A model that is called by its profile of the US. */
export function modelInUse(changes: Partial<ModelInUse> = {}): ModelInUse {
  return {
    name: "claude-sonnet-4-5",
    region: "us-east-1",
    calledId: `us.${sonnet}`,
    foundationId: sonnet,
    profileId: `us.${sonnet}`,
    servedIn: ["us-east-1", "us-east-2", "us-west-2"],
    lifecycle: "active",
    endOfLife: undefined,
    replacement: undefined,
    ...changes,
  };
}
