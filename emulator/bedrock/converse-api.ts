import type { Api } from "../api.ts";
import type { Operation } from "../call-address.ts";
import type { BedrockDoor } from "./bedrock-door.ts";
import { parseModelPath, signingRegion } from "./bedrock-path.ts";
import { readConverse } from "./converse/read-converse.ts";
import { createConverseWriter } from "./converse/write-converse.ts";
import { alphabetical, converseFraming } from "./converse-framing.ts";
import type { ModelDesk } from "./model-desk.ts";
import { readJsonBody } from "./read-json-body.ts";

const operations: ReadonlyMap<string, Operation> = new Map([
  ["converse", "unary"],
  ["converse-stream", "stream"],
]);

/** Converse and ConverseStream: one form for every family. */
export function createConverseApi(door: BedrockDoor, desk: ModelDesk): Api {
  return {
    ...door,
    framing: converseFraming,
    parseAddress(request) {
      const path = parseModelPath(request);
      const operation = operations.get(path?.verb ?? "");
      if (!path || !operation) return undefined;
      return { api: "converse", modelId: path.modelId, operation, region: signingRegion(request) };
    },
    read({ body }, { modelId, operation }) {
      const model = desk.find(modelId);
      const request = readConverse(readJsonBody(body), model, operation === "stream");
      const writer = createConverseWriter(request);
      const whole: typeof writer.whole = (answer) => ({
        json: alphabetical(writer.whole(answer).json),
      });
      return { prompt: request.prompt, writer: { ...writer, whole } };
    },
  };
}
