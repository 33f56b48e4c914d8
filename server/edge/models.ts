import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import {
  type GetModelRequest,
  type GetModelResponse,
  GetModelResponseSchema,
  type ListModelsRequest,
  type ListModelsResponse,
  ListModelsResponseSchema,
  type Model,
} from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Principal } from "../core/call.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { GatewayError } from "../core/error.ts";
import { fitsAny } from "../core/name-pattern.ts";
import type { Gate } from "./gate.ts";
import type { Caller } from "./intake.ts";

/** What the doors answer for ModelService. */
export interface Models {
  /** Those that the reader's key may use. */
  list(request: ListModelsRequest, reader: Reader): ListModelsResponse;
  get(request: GetModelRequest, reader: Reader): GetModelResponse;
}

type Reader = Pick<Caller, "principal">;

const defaultPageSize = 100;
const largestPageSize = 1000;

/** The catalogue behind the doors. */
export function createModels({ catalogue, gate }: { catalogue: Catalogue; gate: Gate }): Models {
  return {
    list(request, { principal }) {
      gate.enter().leave();
      const start = pageStart(request);
      const size = request.pageSize || defaultPageSize;
      const all = catalogue
        .models()
        .filter(
          (model) =>
            (request.provider === "" || model.provider === request.provider) &&
            (request.family === "" || model.family === request.family) &&
            (request.maker === "" || model.maker === request.maker) &&
            mayUse(principal, model),
        );
      const models = all.slice(start, start + size);
      const nextPageToken = start + size < all.length ? String(start + size) : "";
      return create(ListModelsResponseSchema, { models, nextPageToken });
    },
    get({ model: name }, { principal }) {
      gate.enter().leave();
      if (name === "") throw GatewayError.invalid({ field: "model", description: "Must be set." });
      const model = catalogue.find(name);
      if (!model) throw unknownModel(name, catalogue.nearNames(name));
      if (!mayUse(principal, model)) throw notGranted(principal.name);
      return create(GetModelResponseSchema, { model });
    },
  };
}

/** By all names of the model, as calls are; a model that is served nowhere is not outside of a key's regions. */
function mayUse({ grants }: Principal, model: Model): boolean {
  if (!grants) return true;
  const { name, id, aliases, profiles, provider, regions } = model;
  const names = [name, id, ...aliases, ...profiles.map((profile) => profile.id)];
  return (
    allows(grants.models, names) &&
    allows(grants.providers, [provider]) &&
    (regions.length === 0 || allows(grants.regions, regions))
  );
}

function allows(patterns: readonly string[], names: readonly string[]): boolean {
  return patterns.length === 0 || names.some((name) => fitsAny(patterns, name));
}

function notGranted(keyName: string): GatewayError {
  const remedy = "ListModels lists those that it may use.";
  return new GatewayError(
    Code.PermissionDenied,
    ErrorReason.PERMISSION_DENIED,
    `The licence key ${keyName} may not use this model. ${remedy}`,
    { metadata: { remedy } },
  );
}

/** A page token is the position of the page's first model; callers are told to treat it as opaque. */
function pageStart({ pageSize, pageToken }: ListModelsRequest): number {
  if (pageSize < 0 || pageSize > largestPageSize) {
    const description = `Must be from 1 to ${largestPageSize}, or 0 for ${defaultPageSize}.`;
    throw GatewayError.invalid({ field: "page_size", description });
  }
  if (!/^\d{0,9}$/.test(pageToken)) {
    const description = "Must be the next_page_token of the page before.";
    throw GatewayError.invalid({ field: "page_token", description });
  }
  return Number(pageToken || "0");
}

function unknownModel(name: string, near: readonly string[]): GatewayError {
  const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  return new GatewayError(
    Code.NotFound,
    ErrorReason.MODEL_NOT_FOUND,
    `The catalogue has no model ${JSON.stringify(name.slice(0, 256))}.${hint}`,
    near.length > 0 ? { metadata: { near_names: near.join(", ") } } : {},
  );
}
