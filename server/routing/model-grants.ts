import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Model } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Endpoint } from "../core/call.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { GatewayError } from "../core/error.ts";
import type { KeyGrants } from "../core/key-grants.ts";
import { fitsAny } from "../core/name-pattern.ts";
import type { Group } from "./groups.ts";

/** Leaves the endpoints whose model a licence key may use; throws PERMISSION_DENIED where that is none of some. */
export type ModelGrants = (
  groups: readonly Group[],
  keyName: string,
  grants: KeyGrants,
) => readonly Group[];

/**
 * A model is known by all of its names, so that neither an alias nor a profile or an ARN gets round the list; one that the
 * catalogue does not know only by the id that it is called by.
 */
export function createModelGrants(catalogue: Pick<Catalogue, "find">): ModelGrants {
  const isGranted = ({ model }: Endpoint, patterns: readonly string[]) =>
    namesOf(model, catalogue.find(model)).some((name) => fitsAny(patterns, name));
  return (groups, keyName, { models }) => {
    const left = groups.flatMap(({ provider, endpoints }): readonly Group[] => {
      const [first, ...rest] = endpoints.filter((endpoint) => isGranted(endpoint, models));
      return first ? [{ provider, endpoints: [first, ...rest] }] : [];
    });
    if (groups.length > 0 && left.length === 0) throw notGranted(keyName, models);
    return left;
  };
}

function namesOf(called: string, model: Model | undefined): readonly string[] {
  if (!model) return [called];
  const { name, id, aliases, profiles } = model;
  return [called, name, id, ...aliases, ...profiles.map((profile) => profile.id)];
}

function notGranted(keyName: string, models: readonly string[]): GatewayError {
  const allowed = models.join(", ");
  const remedy = `Ask for one of these: ${allowed}; or use a licence key that may use the model.`;
  return new GatewayError(
    Code.PermissionDenied,
    ErrorReason.PERMISSION_DENIED,
    `The licence key ${keyName} may not use this model. ${remedy}`,
    { metadata: { remedy, allowed_models: allowed } },
  );
}
