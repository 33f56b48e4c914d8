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
} from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { GatewayError } from "../core/error.ts";
import type { Gate } from "./gate.ts";

/** What the doors answer for ModelService. */
export interface Models {
  list(request: ListModelsRequest): ListModelsResponse;
  get(request: GetModelRequest): GetModelResponse;
}

const defaultPageSize = 100;
const largestPageSize = 1000;

/** The catalogue behind the doors. */
export function createModels({ catalogue, gate }: { catalogue: Catalogue; gate: Gate }): Models {
  return {
    list(request) {
      gate.enter().leave();
      const start = pageStart(request);
      const size = request.pageSize || defaultPageSize;
      const all = catalogue
        .models()
        .filter(
          ({ provider, family, maker }) =>
            (request.provider === "" || provider === request.provider) &&
            (request.family === "" || family === request.family) &&
            (request.maker === "" || maker === request.maker),
        );
      const models = all.slice(start, start + size);
      const nextPageToken = start + size < all.length ? String(start + size) : "";
      return create(ListModelsResponseSchema, { models, nextPageToken });
    },
    get({ model: name }) {
      gate.enter().leave();
      if (name === "") throw GatewayError.invalid({ field: "model", description: "Must be set." });
      const model = catalogue.find(name);
      if (!model) throw unknownModel(name, catalogue.nearNames(name));
      return create(GetModelResponseSchema, { model });
    },
  };
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
