import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { toJson } from "@bufbuild/protobuf";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import {
  FinishReason,
  ServiceTier,
  UsageSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Provider } from "../../../server/core/provider.ts";
import { createOpenAiProvider } from "../../../server/providers/openai/provider.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { type Asking, ask, deliveries, openAiAttempt, says, textOf } from "./openai-asker.ts";

const apiKey = "sk-provider-test-secret";
describe("OpenAI", () => {
  let emulator: Emulator;
  let provider: Provider;
  before(async () => {
    emulator = await createEmulator({ openAiKeys: [apiKey] });
    const baseUrl = `${emulator.url}/v1`;
    provider = createOpenAiProvider({ apiKey, baseUrl, organization: "org-a", project: "proj_b" });
  });
  after(async () => {
    provider.close();
    await emulator.close();
  });

  /** The latest request that arrived. */
  const arrived = () => {
    const request = emulator.requests.at(-1);
    assert.ok(request);
    return { ...request, json: JSON.parse(request.body.toString()) };
  };

  for (const delivery of deliveries) {
    describe(delivery, () => {
      it("answers with its words, counts, tier and id", async () => {
        const answer = await ask(provider, delivery);
        assert.equal(answer.content, "The capital of France is Paris.");
        assert.deepEqual(answer.usage && toJson(UsageSchema, answer.usage), {
          inputTokens: 8,
          outputTokens: 6,
          source: "USAGE_SOURCE_REPORTED",
        });
        const { finishReason, providerFinishReason, serviceTier } = answer;
        assert.deepEqual([finishReason, providerFinishReason], [FinishReason.STOP, "stop"]);
        assert.equal(serviceTier, ServiceTier.DEFAULT);
        assert.match(answer.providerRequestId ?? "", /^[0-9a-f-]{36}$/);
      });

      it("is asked with key, organization, project and the gateway's own id", async () => {
        await ask(provider, delivery);
        const { headers } = arrived();
        assert.deepEqual(
          [headers.authorization, headers["openai-organization"], headers["openai-project"]],
          [`Bearer ${apiKey}`, "org-a", "proj_b"],
        );
        assert.equal(headers["x-client-request-id"], "00000000-0000-4000-8000-000000000001-1");
        assert.equal(headers["content-type"], "application/json");
      });

      it("may refuse, in words", async () => {
        const { content, finishReason } = await ask(provider, delivery, says("Refuse."));
        assert.match(content, /^You asked/);
        assert.equal(finishReason, FinishReason.REFUSAL);
      });

      it("serves in the tier that is asked for, and says so", async () => {
        const { serviceTier } = await ask(provider, delivery, { serviceTier: ServiceTier.FLEX });
        assert.equal(serviceTier, ServiceTier.FLEX);
      });

      it("stops at four sequences itself, and the gateway at those beyond", async () => {
        const stopSequences = ["four", "five", "six", "seven", "three"];
        const own = await ask(provider, delivery, {
          ...says("Repeat: one four two three"),
          stopSequences,
        });
        assert.deepEqual([own.content, own.finishReason], ["one ", FinishReason.STOP]);
        const ours = await ask(provider, delivery, {
          ...says("Repeat: one two three four"),
          stopSequences,
        });
        assert.deepEqual(
          [ours.content, ours.finishReason, ours.stopSequence],
          ["one two ", FinishReason.STOP_SEQUENCE, "three"],
        );
      });

      it("tells what was read from the cache and written to it", async () => {
        const endpoint = {
          model: "gpt-5.6-sol",
          traits: { refuses: new Set<never>(), reasoning: "effort" as const },
        };
        const asking: Asking = {
          ...says("Hello"),
          system: `Cached ${delivery}. `.repeat(20).trim(),
          systemCachePoint: {},
        };
        const first = await ask(provider, delivery, asking, { endpoint });
        const second = await ask(provider, delivery, asking, { endpoint });
        const counts = [first, second].map(({ usage }) => [
          usage?.inputTokens,
          usage?.cacheReadInputTokens,
          usage?.cacheWriteInputTokens,
        ]);
        assert.deepEqual(counts, [
          [3, 0, 40],
          [3, 40, 0],
        ]);
      });

      it("keeps every letter", async () => {
        const text = "Grüße 🙂👩‍👩‍👧 日本 𝒳!";
        assert.equal((await ask(provider, delivery, says(`Repeat: ${text}`))).content, text);
      });

      it("hears at once that the caller has left", async () => {
        const leaving = new AbortController();
        const endpoint = { model: `gpt-emulator-leaving-${delivery}` };
        emulator.addFault({ modelId: endpoint.model, action: { kind: "stall", at: "response" } });
        const isHere = ({ modelId }: { readonly modelId?: string }) => modelId === endpoint.model;
        const asked = refusalOf(() =>
          ask(provider, delivery, {}, { endpoint, signal: leaving.signal }),
        );
        await emulator.journal.waitFor((entry) => entry.kind === "fault" && isHere(entry));
        leaving.abort(GatewayError.deadlineExceeded());
        assert.equal((await asked).reason, ErrorReason.DEADLINE_EXCEEDED);
        const { by } = await emulator.journal.waitFor(
          (entry) => entry.kind === "aborted" && isHere(entry),
        );
        assert.equal(by, "peer");
      });

      it("sends nothing that it cannot be asked", async () => {
        const before = emulator.requests.length;
        await refusalOf(() => ask(provider, delivery, { topK: 5 }));
        assert.equal(emulator.requests.length, before);
      });

      it("does not show a wrong key, nor its tail", async () => {
        const wrong = "sk-wrong-key-with-a-tail";
        const other = createOpenAiProvider({ apiKey: wrong, baseUrl: `${emulator.url}/v1` });
        const error = await refusalOf(() => ask(other, delivery));
        other.close();
        assert.equal(error.reason, ErrorReason.PROVIDER_CREDENTIALS);
        const shown = `${error.message} ${JSON.stringify(error.metadata)} ${String(error.cause)}`;
        assert.doesNotMatch(shown, /tail|sk-/);
      });

      it("is not found at a wrong address, and the operator is told", async () => {
        const other = createOpenAiProvider({ apiKey, baseUrl: `${emulator.url}/v1/wrong` });
        const error = await refusalOf(() => ask(other, delivery));
        other.close();
        assert.equal(error.reason, ErrorReason.PROVIDER_UNAVAILABLE);
        assert.match(error.metadata.remedy ?? "", /OPENAI_BASE_URL/);
      });

      it("is unavailable where nobody listens", async () => {
        const gone = await createEmulator();
        await gone.close();
        const other = createOpenAiProvider({ apiKey, baseUrl: `${gone.url}/v1` });
        const error = await refusalOf(() => ask(other, delivery));
        other.close();
        assert.equal(error.reason, ErrorReason.PROVIDER_UNAVAILABLE);
      });
    });
  }

  it("streams its words one by one, and joins those that come together", async () => {
    const reply = await provider.complete(openAiAttempt("stream", says("Count to 9"), {}));
    const texts: string[] = [];
    for await (const event of reply.events) texts.push(textOf(event));
    assert.equal(texts.join(""), "1 2 3 4 5 6 7 8 9");
    assert.ok(texts.every((text, at) => text !== "" || at === texts.length - 1));
  });

  it("stops writing when a stream is left", async () => {
    const model = "gpt-emulator-left";
    emulator.addFault({ modelId: model, action: { kind: "pause", afterTokens: 2 } });
    const reply = await provider.complete(
      openAiAttempt("stream", says("Count to 99"), { endpoint: { model } }),
    );
    for await (const _ of reply.events) break;
    const { by } = await emulator.journal.waitFor(
      (entry) => entry.kind === "aborted" && entry.modelId === model,
    );
    assert.equal(by, "peer");
  });

  it("cannot be made with a key that no header can carry, and does not repeat it", () => {
    for (const broken of ["sk-a\nb", "sk-ä", ""]) {
      assert.throws(
        () => createOpenAiProvider({ apiKey: broken, baseUrl: "http://127.0.0.1" }),
        (error: Error) => /authorization/.test(error.message) && !/sk-/.test(error.message),
      );
    }
  });
});
