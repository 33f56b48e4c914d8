import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { openAiModels } from "../../../emulator/openai/openai-models.ts";
import { ModelService } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import { createContractCaller } from "./contract-caller.ts";
import { type Answer, type DoorCaller, readStream } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

/** OpenAI's list prices in nano-USD a token: $10 per million tokens are 10,000. The first three are the guide's. */
const prices = [
  ["gpt-4-turbo", 10_000, 30_000],
  ["gpt-4", 30_000, 60_000],
  ["gpt-3.5-turbo", 500, 1500],
  ["gpt-4o", 2500, 10_000],
  ["gpt-4.1-nano", 100, 400],
  ["gpt-5", 1250, 10_000],
  ["gpt-5.4", 2500, 15_000],
  ["gpt-6-luna", 100, 500],
] as const;

describe("OpenAI's models of the catalogue", () => {
  let openai: Emulator;
  let gateway: TestGateway;
  let caller: DoorCaller;
  before(async () => {
    openai = await createEmulator();
    gateway = await startTestGateway({
      OPENAI_API_KEY: "sk-emulator",
      OPENAI_BASE_URL: `${openai.url}/v1`,
    });
    caller = createContractCaller("gRPC", "grpc", gateway.grpcUrl, gateway.licenseKey);
  });
  after(async () => {
    await gateway.close();
    await openai.close();
  });

  const both = (model: string): Promise<Answer[]> => {
    const question = { provider: "openai", model, prompt: "What is the capital of France?" };
    return Promise.all([caller.complete(question), readStream(caller.stream(question))]);
  };

  for (const [model, inputNanoUsd, outputNanoUsd] of prices) {
    it(`${model} is answered, counted and priced exactly, whole and streamed`, async (t) => {
      const [whole, streamed] = await both(model);
      assert.ok(whole && streamed);
      for (const answer of [whole, streamed]) {
        const { text, finishReason, inputTokens, outputTokens, costNanoUsd, provider } = answer;
        t.diagnostic(
          `${model} | ${text} | ${inputTokens} in, ${outputTokens} out | ${costNanoUsd} nano-USD`,
        );
        assert.deepEqual(
          [text, finishReason, provider],
          ["The capital of France is Paris.", "stop", "openai"],
        );
        assert.equal(costNanoUsd, inputTokens * inputNanoUsd + outputTokens * outputNanoUsd);
      }
      assert.deepEqual({ ...streamed, requestId: "" }, { ...whole, requestId: "" });
    });
  }

  it("are all answered, by the names that ListModels gives", async () => {
    const transport = createGrpcTransport({
      baseUrl: gateway.grpcUrl,
      interceptors: [
        (next) => (request) => {
          request.header.set("authorization", `Bearer ${gateway.licenseKey}`);
          return next(request);
        },
      ],
    });
    const { models } = await createClient(ModelService, transport).listModels({
      provider: "openai",
    });
    const listed = models.map(({ id }) => id);
    assert.deepEqual(listed.toSorted(), openAiModels.map(({ id }) => id).toSorted());
    for (const model of listed) {
      for (const { text } of await both(model))
        assert.equal(text, "The capital of France is Paris.", model);
    }
  });
});
