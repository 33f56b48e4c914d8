import type { Api } from "../api.ts";
import type { ReceivedRequest } from "../exchange.ts";
import { isJsonObject, type JsonObject, parseJson } from "../json.ts";
import { createChatWriter } from "./chat-writer.ts";
import type { OpenAiDoor } from "./openai-door.ts";
import { invalidRequest, OpenAiError } from "./openai-error.ts";
import { findOpenAiModel } from "./openai-models.ts";
import { readChatRequest } from "./read-chat-request.ts";
import { sseFraming } from "./sse-framing.ts";

/** Chat Completions; every other path under `/v1/` is refused in OpenAI's words. */
export function createChatCompletionsApi(door: OpenAiDoor): Api {
  const bodyOf = createBodies();
  return {
    ...door,
    framing: sseFraming,
    parseAddress(request) {
      const path = request.path.split("?")[0] ?? "";
      if (!path.startsWith("/v1/")) return undefined;
      if (path !== "/v1/chat/completions" || request.method !== "POST") {
        throw unknownUrl(request.method, path);
      }
      const { model, stream } = bodyOf(request) ?? {};
      return {
        api: "chat-completions",
        modelId: typeof model === "string" ? model : "",
        operation: stream === true ? "stream" : "unary",
        region: "unknown",
      };
    },
    read(request) {
      const body = bodyOf(request);
      if (!body) {
        throw invalidRequest(
          "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly.)",
        );
      }
      if (typeof body.model !== "string" || body.model === "") {
        throw invalidRequest("you must provide a model parameter");
      }
      const { prompt, options } = readChatRequest(body, findOpenAiModel(body.model));
      const { toolChoice = { kind: "auto" } } = prompt;
      return { prompt, writer: createChatWriter(options, toolChoice) };
    },
  };
}

function unknownUrl(method: string, path: string): OpenAiError {
  const message = `Invalid URL (${method} ${path})`;
  return new OpenAiError({ status: 404, message, type: "invalid_request_error" });
}

/** The address and the prompt stand in one body, which is parsed once. */
function createBodies(): (request: ReceivedRequest) => JsonObject | undefined {
  const parsed = new WeakMap<ReceivedRequest, JsonObject | undefined>();
  return (request) => {
    if (!parsed.has(request)) {
      const body = parseJson(request.body.toString());
      parsed.set(request, isJsonObject(body) ? body : undefined);
    }
    return parsed.get(request);
  };
}
