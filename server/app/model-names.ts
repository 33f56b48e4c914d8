import type { Model } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { ModelNames } from "../policies/policies-for.ts";

/** Names come from callers: when more are remembered, all are forgotten. */
const mostNames = 4096;

/**
 * Tells all names of what a call asks for. A call that names no model may be served by the default of any provider, so it
 * has the names of all of them.
 */
export function createModelNames(
  catalogue: Pick<Catalogue, "find" | "models">,
  defaultModels: readonly string[],
): ModelNames {
  let known: readonly Model[] | undefined;
  const remembered = new Map<string, readonly [string, ...string[]]>();
  const namesOf = (asked: string): readonly [string, ...string[]] => {
    const model = catalogue.find(asked);
    if (!model) return [asked];
    const { name, id, aliases, profiles } = model;
    return [name, id, ...aliases, ...profiles.map((profile) => profile.id), asked];
  };
  return (asked) => {
    const models = catalogue.models();
    if (models !== known || remembered.size >= mostNames) remembered.clear();
    known = models;
    const names = remembered.get(asked);
    if (names) return names;
    const [first = "", ...others] = defaultModels;
    const found = asked === "" ? namesOf(first) : namesOf(asked);
    const all =
      asked === "" ? ([...found, ...others.flatMap(namesOf)] as [string, ...string[]]) : found;
    remembered.set(asked, all);
    return all;
  };
}
