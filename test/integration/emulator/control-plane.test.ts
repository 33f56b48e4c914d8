import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BedrockClient,
  GetFoundationModelCommand,
  GetInferenceProfileCommand,
  ListFoundationModelsCommand,
  paginateListInferenceProfiles,
} from "@aws-sdk/client-bedrock";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Emulator, EmulatorOptions } from "../../../emulator/emulator.ts";
import { models } from "../../../emulator/models/find-model.ts";
import { createAsker, franceQuestion, sonnet, withEmulator } from "./fixture.ts";
import { sendSigned } from "./signed.ts";
import { converseSpeaker } from "./speakers/speaker.ts";

const keyed = { bearerTokens: ["key"] };
const autumnMs = Date.parse("2026-11-22T12:00:00Z");

/** An emulator and a client of the control plane. Where the emulator's day is another, the client signs nothing. */
async function withControl(
  options: EmulatorOptions,
  body: (client: BedrockClient, emulator: Emulator) => Promise<void>,
): Promise<void> {
  await withEmulator({ ...keyed, ...options }, async (emulator) => {
    const client = new BedrockClient({
      region: "us-west-2",
      endpoint: emulator.url,
      credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
      ...(options.now && { token: { token: "key" }, authSchemePreference: ["httpBearerAuth"] }),
    });
    try {
      await body(client, emulator);
    } finally {
      client.destroy();
    }
  });
}

test("all models are listed, active and on demand, as the guide has it", () =>
  withControl({}, async (client) => {
    const { modelSummaries = [] } = await client.send(new ListFoundationModelsCommand({}));
    assert.deepEqual(
      modelSummaries.map(({ modelId }) => modelId),
      models.map(({ id }) => id),
    );
    assert.ok(modelSummaries.every(({ modelLifecycle }) => modelLifecycle?.status === "ACTIVE"));
    assert.ok(
      modelSummaries.every(({ inferenceTypesSupported = [] }) =>
        inferenceTypesSupported.includes("ON_DEMAND"),
      ),
    );
    const claude = modelSummaries.find(({ modelId }) => modelId === sonnet);
    assert.equal(claude?.modelArn, `arn:aws:bedrock:us-west-2::foundation-model/${sonnet}`);
    assert.deepEqual(claude?.inputModalities, ["TEXT", "IMAGE"]);
    assert.equal(claude?.providerName, "Anthropic");
  }));

test("the list is filtered by provider and by kind of inference", () =>
  withControl({ lifecycle: "real", now: () => autumnMs }, async (client) => {
    const meta = await client.send(new ListFoundationModelsCommand({ byProvider: "meta" }));
    assert.ok(meta.modelSummaries?.every(({ modelId }) => modelId?.startsWith("meta.")));
    const onDemand = await client.send(
      new ListFoundationModelsCommand({ byProvider: "Meta", byInferenceType: "ON_DEMAND" }),
    );
    assert.ok((onDemand.modelSummaries?.length ?? 0) < (meta.modelSummaries?.length ?? 0));
  }));

test("in real life models that ended are not listed, and those that will are LEGACY with their day", () =>
  withControl({ lifecycle: "real", now: () => autumnMs }, async (client) => {
    const { modelSummaries = [] } = await client.send(new ListFoundationModelsCommand({}));
    const ids = modelSummaries.map(({ modelId }) => modelId);
    assert.ok(!ids.includes(sonnet));
    const opus = modelSummaries.find(({ modelId }) => modelId?.includes("opus-4-1"));
    assert.deepEqual(opus?.inferenceTypesSupported, ["INFERENCE_PROFILE"]);
    assert.equal(opus?.modelLifecycle?.status, "LEGACY");
    assert.deepEqual(opus?.modelLifecycle?.endOfLifeTime, new Date("2027-01-08"));
  }));

test("profiles are paged, each with the models behind it", () =>
  withControl({}, async (client) => {
    const profiles = [];
    let pages = 0;
    for await (const page of paginateListInferenceProfiles({ client, pageSize: 50 }, {})) {
      pages += 1;
      profiles.push(...(page.inferenceProfileSummaries ?? []));
    }
    const ids = profiles.map(({ inferenceProfileId }) => inferenceProfileId);
    assert.deepEqual(
      ids,
      models.flatMap(({ id, profiles: prefixes }) => prefixes.map((prefix) => `${prefix}.${id}`)),
    );
    assert.equal(pages, Math.ceil(ids.length / 50));
    const nova = profiles.find(
      ({ inferenceProfileId }) => inferenceProfileId === "eu.amazon.nova-pro-v1:0",
    );
    assert.equal(nova?.type, "SYSTEM_DEFINED");
    assert.match(
      nova?.models?.[0]?.modelArn ?? "",
      /^arn:aws:bedrock:eu-\S+::foundation-model\/amazon\.nova-pro-v1:0$/,
    );
  }));

test("one model and one profile are found by id and by ARN, others are not", () =>
  withControl({}, async (client) => {
    const arn = `arn:aws:bedrock:us-west-2::foundation-model/${sonnet}`;
    for (const modelIdentifier of [sonnet, arn]) {
      const { modelDetails } = await client.send(
        new GetFoundationModelCommand({ modelIdentifier }),
      );
      assert.equal(modelDetails?.modelId, sonnet);
    }
    const profile = `arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.${sonnet}`;
    for (const inferenceProfileIdentifier of [`us.${sonnet}`, profile]) {
      const command = new GetInferenceProfileCommand({ inferenceProfileIdentifier });
      assert.equal((await client.send(command)).inferenceProfileId, `us.${sonnet}`);
    }
    const missing = { name: "ResourceNotFoundException" };
    await assert.rejects(
      client.send(new GetFoundationModelCommand({ modelIdentifier: "x.y" })),
      missing,
    );
    const none = new GetInferenceProfileCommand({ inferenceProfileIdentifier: `sa.${sonnet}` });
    await assert.rejects(client.send(none), missing);
  }));

for (const query of ["maxResults=0", "maxResults=many", "nextToken=surprise"]) {
  test(`a listing refuses ${query}`, () =>
    withEmulator({}, async ({ url }) => {
      const { status } = await sendSigned(url, "GET", `/inference-profiles?${query}`);
      assert.equal(status, 400);
    }));
}

test("a rule strikes listings only when it names them", () => {
  const action = { kind: "exception", exception: "ThrottlingException" } as const;
  return withControl({ faults: [{ action }] }, async (client, emulator) => {
    const list = () => client.send(new ListFoundationModelsCommand({}));
    await list();
    emulator.setFaults([{ api: "control-plane", action }]);
    await assert.rejects(list(), { name: "ThrottlingException" });
  });
});

const ended =
  "This model version has reached the end of its life. Please refer to the AWS documentation for more details.";
const lives: readonly (readonly [modelId: string, name: string, message: string])[] = [
  [sonnet, "ResourceNotFoundException", ended],
  [`us.${sonnet}`, "ResourceNotFoundException", ended],
  ["amazon.titan-text-express-v1", "ResourceNotFoundException", ended],
  [
    "anthropic.claude-opus-4-6-v1",
    "ValidationException",
    "Invocation of model ID anthropic.claude-opus-4-6-v1 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
  ],
  [
    "apac.anthropic.claude-opus-4-6-v1",
    "ValidationException",
    "The provided model identifier is invalid.",
  ],
];

for (const [modelId, name, message] of lives) {
  test(`in real life ${modelId} is a ${name}`, () =>
    withEmulator({ ...keyed, lifecycle: "real", now: () => autumnMs }, async (emulator) => {
      const { headers, text } = await bearerPost(emulator, modelId);
      assert.equal(headers.get("x-amzn-errortype")?.split(":")[0], name);
      assert.equal(JSON.parse(text).message, message);
    }));
}

async function bearerPost({ url }: Emulator, modelId: string) {
  const reply = await fetch(`${url}/model/${modelId}/converse`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: "{}",
  });
  return { headers: reply.headers, text: await reply.text() };
}

test("every model of the tables answers through Converse, by its id and by its profiles", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    for (const { id, profiles } of models) {
      for (const modelId of [id, ...profiles.map((prefix) => `${prefix}.${id}`)]) {
        const turns = [{ role: "user" as const, text: franceQuestion }];
        const { inputTokens } = await converseSpeaker(modelId).whole(asker, { turns });
        assert.equal(inputTokens, 8, modelId);
      }
    }
  }));
