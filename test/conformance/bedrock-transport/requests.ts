import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import {
  GuardrailSchema,
  LatencyProfile,
  ServiceTier,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { TransportCase } from "../bedrock-transport-suite.ts";
import { openStage, question, readAll, type Stage, staying } from "./stage.ts";

/** What travels to Bedrock. */
export function requests(subject: TransportCase): void {
  describe("sends", () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage(subject);
    });
    after(() => stage.close());

    const sent = () => {
      const request = stage.emulator.requests.at(-1);
      assert.ok(request);
      return request;
    };
    const options = {
      guardrail: create(GuardrailSchema, { id: "gr-1", version: "2" }),
      serviceTier: ServiceTier.PRIORITY,
      latencyProfile: LatencyProfile.OPTIMIZED,
    };

    it("InvokeModel with its options in headers", async () => {
      await stage.transport
        .whole(question("invoke", undefined, { options }), staying)
        .catch(() => {});
      const { path, headers } = sent();
      assert.equal(path, "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/invoke");
      for (const [name, value] of [
        ["content-type", "application/json"],
        ["accept", "application/json"],
        ["x-amzn-bedrock-guardrailidentifier", "gr-1"],
        ["x-amzn-bedrock-guardrailversion", "2"],
        ["x-amzn-bedrock-service-tier", "priority"],
        ["x-amzn-bedrock-performanceconfig-latency", "optimized"],
      ] as const) {
        assert.equal(headers[name], value, name);
      }
    });

    it("InvokeModelWithResponseStream, asking for JSON in the frames", async () => {
      await readAll(stage.transport.stream(question("invoke", undefined, { options }), staying));
      const { path, headers } = sent();
      assert.match(path, /\/invoke-with-response-stream$/);
      assert.equal(headers["x-amzn-bedrock-accept"], "application/json");
      assert.equal(headers["x-amzn-bedrock-service-tier"], "priority");
    });

    it("Converse and ConverseStream without those headers", async () => {
      await stage.transport.whole(question("converse", undefined, { options }), staying);
      assert.match(sent().path, /\/converse$/);
      assert.equal(sent().headers["x-amzn-bedrock-service-tier"], undefined);
      await readAll(stage.transport.stream(question("converse", undefined, { options }), staying));
      assert.match(sent().path, /\/converse-stream$/);
      assert.equal(sent().headers["content-type"], "application/json");
    });

    it("a body of InvokeModel byte by byte", async () => {
      const body = `{"anthropic_version":"bedrock-2023-05-31", "max_tokens":9,"messages":[{"role":"user","content":"Grüße 🙂"}]}`;
      await stage.transport.whole(question("invoke", undefined, { body }), staying);
      assert.equal(sent().body.toString(), body);
    });

    it("a body of Converse with every picture, document and free word in it", async () => {
      const bytes = Buffer.from("not really a picture").toString("base64");
      const body = {
        messages: [
          {
            role: "user",
            content: [
              { text: "Grüße 🙂" },
              { image: { format: "png", source: { bytes } } },
              { document: { format: "txt", name: "d", source: { bytes } } },
            ],
          },
          {
            role: "assistant",
            content: [
              { reasoningContent: { reasoningText: { text: "Hm.", signature: "s" } } },
              { toolUse: { toolUseId: "t-1", name: "look", input: { bytes, deep: [{ bytes }] } } },
            ],
          },
          {
            role: "user",
            content: [
              {
                toolResult: {
                  toolUseId: "t-1",
                  content: [{ json: { bytes } }, { image: { format: "png", source: { bytes } } }],
                  status: "success",
                },
              },
            ],
          },
        ],
        inferenceConfig: { maxTokens: 100, temperature: 0.5, stopSequences: ["END"] },
        toolConfig: {
          tools: [
            {
              toolSpec: {
                name: "look",
                inputSchema: {
                  json: { type: "object", properties: { bytes: { type: "string" } } },
                },
              },
            },
          ],
          toolChoice: { auto: {} },
        },
        additionalModelRequestFields: { top_k: 5, bytes },
      };
      const request = question("converse", undefined, { body: JSON.stringify(body) });
      await stage.transport.whole(request, staying).catch(() => {});
      assert.deepEqual(JSON.parse(sent().body.toString()), body);
    });

    for (const model of [
      "us.anthropic.claude-sonnet-4-20250514-v1:0",
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0",
      "anthropic.it's (really)*a~strange!id ü",
    ]) {
      it(`the model ${model} as one label, signed so that AWS believes it`, async () => {
        for (const api of ["invoke", "converse"] as const) {
          // A name that AWS finds strange is refused, but not for its signature.
          const refusal = await stage.transport
            .whole(question(api, undefined, { model }), staying)
            .then(
              () => "none",
              (error: Error) => error.name,
            );
          assert.match(refusal, /^(?:none|ValidationException)$/);
          const label = sent().path.split("/")[2] ?? "";
          assert.equal(decodeURIComponent(label), model);
        }
      });
    }
  });
}
