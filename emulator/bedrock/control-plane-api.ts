import type { Api } from "../api.ts";
import { BedrockException } from "../bedrock-exception.ts";
import type { JsonObject } from "../json.ts";
import type { BedrockDoor } from "./bedrock-door.ts";
import { decodeLabel, signingRegion } from "./bedrock-path.ts";
import { describeModel, listModels } from "./foundation-models.ts";
import { describeProfile, listProfiles } from "./inference-profiles.ts";
import { invokeFraming } from "./invoke-framing.ts";
import type { ModelDesk } from "./model-desk.ts";

/** A listing asked for: its query, its region, and the models. */
export interface ListingRequest {
  readonly query: URLSearchParams;
  readonly region: string;
  readonly desk: ModelDesk;
}

type Answer = (request: ListingRequest, id: string) => JsonObject;

const collections: ReadonlyMap<string, { readonly list: Answer; readonly describe: Answer }> =
  new Map([
    ["foundation-models", { list: listModels, describe: describeModel }],
    ["inference-profiles", { list: listProfiles, describe: describeProfile }],
  ]);

/**
 * The control plane's listings: GET of `/foundation-models` and `/inference-profiles`, and of one of
 * either. The same in every region.
 */
export function createControlPlaneApi(door: BedrockDoor, desk: ModelDesk): Api {
  return {
    ...door,
    framing: invokeFraming,
    parseAddress(request) {
      const { collection, id, rest } = splitPath(request.path);
      const isKnown = collections.has(collection) && rest.length === 0;
      if (request.method !== "GET" || !isKnown) return undefined;
      const region = signingRegion(request);
      return { api: "control-plane", modelId: id ?? "", operation: "unary", region };
    },
    read(request, { region, modelId }) {
      const { collection, id } = splitPath(request.path);
      const answers = collections.get(collection);
      if (!answers) throw new BedrockException("UnknownOperationException");
      const query = new URLSearchParams(request.path.split("?")[1] ?? "");
      const answer = id === undefined ? answers.list : answers.describe;
      return { json: answer({ query, region, desk }, modelId) };
    },
  };
}

function splitPath(path: string) {
  const [, collection = "", label, ...rest] = (path.split("?")[0] ?? "").split("/");
  return { collection, id: label === undefined ? undefined : decodeLabel(label), rest };
}
