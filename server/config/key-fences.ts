import { isMap, type Node } from "yaml";
import type { KeyFence } from "../core/fence.ts";
import { entriesOf, type Locate } from "./model-overrides.ts";
import { patterns } from "./settings/routing.ts";
import { settingText } from "./yaml-forms.ts";

const members = { allowed_providers: "providers", allowed_regions: "regions" } as const;

/**
 * Reads `keys` of a file: what the calls of single licence keys are fenced in by, by the key's name. Every mistake goes
 * to `problems` with its line; one that were passed over would leave a fence open.
 */
export function readKeyFences(
  section: Node | undefined,
  at: Locate,
  problems: string[],
): ReadonlyMap<string, KeyFence> {
  return new Map(
    entriesOf("keys", section, at, problems).flatMap(([name, value, where]) => {
      if (isMap(value) && value.items.length > 0) {
        return [[name, readFence(value, name, where, at, problems)] as const];
      }
      problems.push(`${where}: must be a map such as {allowed_providers: [bedrock]}`);
      return [];
    }),
  );
}

function readFence(
  node: Node,
  key: string,
  where: string,
  at: Locate,
  problems: string[],
): KeyFence {
  const fence: { providers: readonly string[]; regions: readonly string[] } = {
    providers: [],
    regions: [],
  };
  for (const [name, value, place] of entriesOf(`keys.${key}`, node, at, problems)) {
    const member = Object.entries(members).find(([known]) => known === name)?.[1];
    if (!member) {
      problems.push(`${place}: a key has ${Object.keys(members).join(" and ")} only`);
      continue;
    }
    try {
      const read = patterns(settingText(value, { form: "list" }) ?? "");
      if (read.length === 0) throw new Error("must be a list such as [us-*]");
      fence[member] = read;
    } catch (error) {
      problems.push(`${place}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { ...fence, where };
}
