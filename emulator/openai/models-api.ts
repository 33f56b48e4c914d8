import type { Api } from "../api.ts";
import type { JsonObject } from "../json.ts";
import type { OpenAiDoor } from "./openai-door.ts";
import { findOpenAiModel, type OpenAiModel, openAiModels } from "./openai-models.ts";
import { sseFraming } from "./sse-framing.ts";

const root = "/v1/models";
const createdAtSeconds = 1_767_225_600;

/** GET of `/v1/models` and of one of them. */
export function createModelsApi(door: OpenAiDoor): Api {
  return {
    ...door,
    framing: sseFraming,
    parseAddress({ method, path }) {
      const name = nameIn(path.split("?")[0] ?? "");
      if (method !== "GET" || name === undefined) return undefined;
      return { api: "openai-models", modelId: name, operation: "unary", region: "unknown" };
    },
    read(_, { modelId }) {
      if (modelId !== "") return { json: describe(findOpenAiModel(modelId)) };
      return { json: { object: "list", data: openAiModels.map(describe) } };
    },
  };
}

/** The name behind the list's path; empty for the list itself. */
function nameIn(path: string): string | undefined {
  if (path === root) return "";
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
}

function describe({ id }: OpenAiModel): JsonObject {
  return { id, object: "model", created: createdAtSeconds, owned_by: "openai" };
}
