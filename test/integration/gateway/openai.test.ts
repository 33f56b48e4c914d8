import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import type { FaultAction } from "../../../emulator/fault-rule.ts";
import { createCallers } from "./callers.ts";
import {
  type Answer,
  CallError,
  type DoorCaller,
  type Question,
  readStream,
} from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

/** A question that names its provider. */
interface PinnedQuestion extends Question {
  readonly provider: string;
}

const apiKey = "sk-gateway-test-Tail9876";
const callerNames = ["gRPC", "Connect", "gRPC-Web", "gRPC on the HTTP port", "REST"];

/** Models that the catalogue does not know can be asked for where their provider is named. */
const question = (model: string, change: Partial<Question> = {}): PinnedQuestion => ({
  provider: "openai",
  model,
  prompt: "What is the capital of France?",
  ...change,
});

describe("OpenAI through the gateway", () => {
  let openai: Emulator;
  let gateway: TestGateway;
  let callers: readonly DoorCaller[];
  before(async () => {
    openai = await createEmulator({ openAiKeys: [apiKey] });
    gateway = await startTestGateway({
      OPENAI_API_KEY: apiKey,
      OPENAI_BASE_URL: `${openai.url}/v1`,
      OPENAI_ORG_ID: "org-gateway",
    });
    callers = createCallers(gateway);
  });
  after(async () => {
    await gateway.close();
    await openai.close();
  });

  const callerNamed = (name: string): DoorCaller => {
    const caller = callers.find((each) => each.name === name);
    assert.ok(caller, `no caller ${name}`);
    return caller;
  };

  /** The same question in both deliveries. */
  const both = (name: string, asked: PinnedQuestion): Promise<Answer>[] => {
    const caller = callerNamed(name);
    return [caller.complete(asked), readStream(caller.stream(asked))];
  };

  it("is reached by every door that there is", () => {
    assert.deepEqual(
      callers.map(({ name }) => name),
      callerNames,
    );
  });

  for (const name of callerNames) {
    describe(`over ${name}`, () => {
      it("answers whole and streamed, and says who it was", async () => {
        for (const answer of await Promise.all(both(name, question("gpt-emulator-1")))) {
          const { text, finishReason, inputTokens, outputTokens, provider, region, model, hops } =
            answer;
          assert.deepEqual([text, finishReason], ["The capital of France is Paris.", "stop"]);
          assert.deepEqual([inputTokens, outputTokens, hops], [8, 6, 1]);
          assert.deepEqual([provider, region, model], ["openai", "global", "gpt-emulator-1"]);
        }
        assert.equal(openai.requests.at(-1)?.headers["openai-organization"], "org-gateway");
      });

      for (const [about, action, outcome] of [
        [
          "throttling",
          { kind: "exception", exception: "ThrottlingException", at: "response" },
          { code: "RESOURCE_EXHAUSTED", reason: "PROVIDER_THROTTLED", retryAfterMs: 20_000 },
        ],
        [
          "a quota that is used up",
          {
            kind: "exception",
            exception: "ThrottlingException",
            at: "response",
            code: "insufficient_quota",
          },
          {
            code: "RESOURCE_EXHAUSTED",
            reason: "PROVIDER_QUOTA_EXHAUSTED",
            retryAfterMs: undefined,
          },
        ],
        [
          "a context that is too long",
          {
            kind: "exception",
            exception: "ValidationException",
            at: "response",
            code: "context_length_exceeded",
          },
          { code: "INVALID_ARGUMENT", reason: "PROVIDER_REJECTED", retryAfterMs: undefined },
        ],
        [
          "a wrong key",
          { kind: "exception", exception: "UnrecognizedClientException", at: "response" },
          { code: "UNAVAILABLE", reason: "PROVIDER_CREDENTIALS", retryAfterMs: undefined },
        ],
      ] as const satisfies readonly (readonly [string, FaultAction, object])[]) {
        it(`tells ${about}`, async () => {
          const model = `gpt-emulator-${name}-${about}`.replaceAll(" ", "-");
          openai.addFault({ modelId: model, action });
          for (const error of await Promise.all(both(name, question(model)).map(failureOf))) {
            const { code, reason, retryAfterMs, metadata } = error;
            assert.deepEqual({ code, reason, retryAfterMs }, outcome);
            // REST tells the attempts beside the error, not in it.
            const place = new RegExp(`^openai/global/${model}: `);
            if (name !== "REST") assert.match(metadata["hop.1"] ?? "", place);
          }
        });
      }

      for (const [about, action, outcome] of [
        ["an error in a stream", { kind: "in-band-error" }, "UNAVAILABLE STREAM_INTERRUPTED"],
        [
          "a broken connection",
          { kind: "reset", at: "mid-stream" },
          "UNAVAILABLE STREAM_INTERRUPTED",
        ],
        [
          "a stream without its end",
          { kind: "clean-end" },
          "DATA_LOSS PROVIDER_MALFORMED_RESPONSE",
        ],
      ] as const satisfies readonly (readonly [string, FaultAction, string])[]) {
        it(`tells ${about}`, async () => {
          const model = `gpt-emulator-${name}-${about}`.replaceAll(" ", "-");
          openai.addFault({ modelId: model, operation: "stream", action });
          const asked = question(model, { prompt: "Count to 99" });
          const { code, reason } = await failureOf(readStream(callerNamed(name).stream(asked)));
          assert.equal(`${code} ${reason}`, outcome);
        });
      }

      it("refuses what OpenAI cannot be asked, by the contract's name for it", async () => {
        const asked = question("gpt-emulator-1", { temperature: 2.0001 });
        for (const { code, fields } of await Promise.all(both(name, asked).map(failureOf))) {
          assert.deepEqual([code, fields], ["INVALID_ARGUMENT", ["temperature"]]);
        }
      });
    });
  }

  it("never tells a caller anything of the key or the organization", async () => {
    const other = await startTestGateway({
      OPENAI_API_KEY: "sk-gateway-wrong-Tail1234",
      OPENAI_BASE_URL: `${openai.url}/v1`,
      OPENAI_ORG_ID: "org-gateway",
    });
    for (const caller of createCallers(other)) {
      const error = await failureOf(caller.complete(question("gpt-emulator-1")));
      assert.equal(error.reason, "PROVIDER_CREDENTIALS");
      assert.doesNotMatch(`${error.message} ${JSON.stringify(error)}`, /sk-|Tail1234|org-/);
    }
    await other.close();
  });

  it("is asked for JSON of a schema, and what does not fit is told", async () => {
    const { httpUrl, licenseKey } = gateway;
    const format = {
      json_schema: {
        name: "a",
        schema: { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      },
    };
    const reasonFor = async (prompt: string) => {
      const response = await fetch(`${httpUrl}/v1/complete`, {
        method: "POST",
        headers: { authorization: `Bearer ${licenseKey}`, "content-type": "application/json" },
        body: JSON.stringify({
          ...question("gpt-emulator-1", { prompt }),
          response_format: format,
        }),
      });
      return ((await response.json()) as { finish_reason: string }).finish_reason;
    };
    assert.equal(await reasonFor("Fit the schema."), "stop");
    assert.equal(await reasonFor("Break the schema."), "schema_mismatch");
  });

  it("is never asked where a call allows only regions of Bedrock", async () => {
    const before = openai.requests.length;
    const asked = { ...question("gpt-emulator-1"), routing: { allowedRegions: ["us-east-1"] } };
    const { reason } = await failureOf(callerNamed("gRPC").complete(asked));
    assert.equal(reason, "MODEL_NOT_SERVED");
    assert.equal(openai.requests.length, before);
  });

  it("stands beside Bedrock, which answers as before", async () => {
    const { provider, text } = await callerNamed("gRPC").complete({ prompt: "Hello" });
    assert.deepEqual([provider, text], ["bedrock", "Hello! How can I help you today?"]);
  });

  for (const [about, env] of [
    ["no key", {}],
    ["an empty key", { OPENAI_API_KEY: "" }],
  ] as const) {
    it(`is off with ${about}`, async () => {
      const off = await startTestGateway(env);
      for (const caller of createCallers(off)) {
        const { code, reason } = await failureOf(caller.complete(question("gpt-4o")));
        assert.deepEqual([code, reason], ["FAILED_PRECONDITION", "PROVIDER_NOT_CONFIGURED"]);
      }
      await off.close();
    });
  }
});

async function failureOf(answer: Promise<Answer>): Promise<CallError> {
  try {
    await answer;
  } catch (error) {
    assert.ok(error instanceof CallError, String(error));
    return error;
  }
  assert.fail("there was an answer");
}
