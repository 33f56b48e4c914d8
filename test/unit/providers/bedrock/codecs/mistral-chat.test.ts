import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import { FinishReason, Role } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { mistralChat } from "../../../../../server/providers/bedrock/codecs/mistral-chat.ts";
import { mistralToolId } from "../../../../../server/providers/bedrock/codecs/mistral-chat-request.ts";
import type { TokenCounts } from "../../../../../server/providers/codec-parts/stream-decoder.ts";
import { answerOf, completedOf, readStream } from "../../../../conformance/codec/reading.ts";
import { metricsMember, type Speech } from "../../../../conformance/codec/speech.ts";
import { type CodecCase, describeCodec } from "../../../../conformance/codec-suite.ts";
import { sampleAttempt, sampleRequest, textBlock } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

const usage = (counts: TokenCounts | undefined) =>
  counts && { prompt_tokens: counts.inputTokens, completion_tokens: counts.outputTokens };

const older = (content: string, reason?: string) => ({
  choices: [{ index: 0, message: { role: "assistant", content }, stop_reason: reason ?? null }],
});
const newer = (delta: object, reason?: string) => ({
  choices: [{ index: 0, delta, finish_reason: reason ?? null }],
});

const family: Omit<CodecCase, "speaker" | "counts"> = {
  codec: mistralChat,
  fixtures: "mistral-chat",
  model: "mistral.mistral-large-2407-v1:0",
  stopWord: "stop",
  finishReasons: [
    ["stop", FinishReason.STOP],
    ["length", FinishReason.LENGTH],
    ["model_length", FinishReason.CONTEXT_WINDOW],
    ["tool_calls", FinishReason.TOOL_USE],
    ["content_filter", FinishReason.CONTENT_FILTER],
    ["error", FinishReason.OTHER],
  ],
  maxTokens: { in: (body) => body.max_tokens, usual: 4096 },
  cutsItself: true,
  broken: [
    ["without choices", { choices: [] }],
    ["without a message", { choices: [{ stop_reason: "stop" }] }],
    ["without content", { choices: [{ message: { role: "assistant" }, stop_reason: "stop" }] }],
    ["without a stop reason", older("Paris.")],
    ["with an empty stop reason", older("Paris.", "")],
    [
      "a tool use without an id",
      {
        choices: [
          {
            message: { content: "", tool_calls: [{ function: { name: "weather" } }] },
            stop_reason: "tool_calls",
          },
        ],
      },
    ],
  ],
};

describe("the older models", () => {
  describeCodec({
    ...family,
    speaker: {
      whole: ({ pieces, reason }: Speech) => older(pieces.join(""), reason),
      stream: ({ pieces, reason, metrics }: Speech) => [
        ...pieces.map((piece) => older(piece)),
        { ...older("", reason), ...metricsMember(metrics) },
      ],
    },
    counts: { byModel: false, byService: true },
  });
});

describe("the newer models", () => {
  describeCodec({
    ...family,
    speaker: {
      whole: ({ pieces, reason, counts }: Speech) => ({
        choices: [
          { index: 0, message: { content: pieces.join("") }, finish_reason: reason ?? null },
        ],
        usage: usage(counts),
      }),
      stream: ({ pieces, reason, counts, metrics }: Speech) => [
        newer({ role: "assistant", content: "" }),
        ...pieces.map((content) => newer({ content })),
        newer({}, reason),
        { choices: [], usage: usage(counts), ...metricsMember(metrics) },
      ],
    },
    counts: { byModel: true, byService: true },
  });
});

const asked = sampleAttempt();

describe("a tool use of Mistral", () => {
  const call = (piece: object) => newer({ tool_calls: [piece] });
  const first = (id: string, name: string, input = "", index?: number) =>
    call({ index, id, function: { name, arguments: input } });
  const usesOf = (chunks: readonly object[]) => {
    const end = newer({}, "tool_calls");
    const { blocks } = answerOf(readStream(mistralChat, asked, [...chunks, end])) as {
      blocks: { toolUse?: { id: string; name: string; input: unknown } }[];
    };
    return blocks.map(({ toolUse }) => [toolUse?.id, toolUse?.name, toolUse?.input]);
  };

  it("is put together from pieces that have no number", () => {
    const rest = (input: string) => call({ function: { arguments: input } });
    assert.deepEqual(usesOf([first("a", "one"), rest('{"n"'), rest(":1}"), first("b", "two")]), [
      ["a", "one", { n: 1 }],
      ["b", "two", {}],
    ]);
  });

  it("is a new one when another id comes under the same number", () => {
    assert.deepEqual(usesOf([first("a", "one", '{"n":1}', 0), first("b", "two", '{"n":2}', 0)]), [
      ["a", "one", { n: 1 }],
      ["b", "two", { n: 2 }],
    ]);
  });

  it("is the same one when its id is said again", () => {
    const again = call({ index: 0, id: "a", function: { arguments: ":1}" } });
    assert.deepEqual(usesOf([first("a", "one", '{"n"', 0), again]), [["a", "one", { n: 1 }]]);
  });

  it("may have its arguments as an object", () => {
    const chunk = call({ id: "a", function: { name: "one", arguments: { n: 1 } } });
    assert.deepEqual(usesOf([chunk]), [["a", "one", { n: 1 }]]);
  });

  it("makes the end TOOL_USE even where the model says stop, as it does when it must use one", () => {
    const events = readStream(mistralChat, asked, [first("a", "one", "{}"), newer({}, "stop")]);
    const { finishReason, providerFinishReason } = completedOf(events);
    assert.deepEqual([finishReason, providerFinishReason], [FinishReason.TOOL_USE, "stop"]);
  });

  it("comes after the text that was held for a stop sequence", () => {
    const request = sampleRequest({ stopSequences: ["STOP"] });
    const events = readStream(mistralChat, { ...asked, request }, [
      newer({ content: "I look. ST" }),
      first("a", "one", "{}"),
      newer({ content: "OP" }),
      newer({}, "tool_calls"),
    ]);
    const { content, finishReason } = answerOf(events) as { [name: string]: unknown };
    assert.deepEqual([content, finishReason], ["I look. STOP", "FINISH_REASON_TOOL_USE"]);
  });

  it("without an id is DATA_LOSS in a stream too", async () => {
    const nameless = call({ function: { name: "one", arguments: "{}" } });
    const error = await refusalOf(() => readStream(mistralChat, asked, [nameless]));
    assert.equal(error.code, Code.DataLoss);
  });
});

describe("an answer of Mistral's newer models", () => {
  it("ends by its finish_reason; a stop_reason beside it is the sequence or token that ended it", () => {
    const choice = { index: 0, message: { content: "One" }, finish_reason: "stop" };
    const body = { choices: [{ ...choice, stop_reason: "END" }] };
    const { providerFinishReason } = completedOf(mistralChat.decode(body, asked, undefined));
    assert.equal(providerFinishReason, "stop");
  });

  it("may have its reasoning beside its content", () => {
    const message = { reasoning_content: "Hm.", content: "One" };
    const body = { choices: [{ index: 0, message, finish_reason: "stop" }] };
    const { blocks } = answerOf(mistralChat.decode(body, asked, undefined)) as { blocks: unknown };
    assert.deepEqual(blocks, [{ reasoning: { text: "Hm." } }, { text: { text: "One" } }]);
  });

  for (const counted of [
    { usage: usage({ inputTokens: 3, outputTokens: 4 }) },
    metricsMember({ inputTokens: 3, outputTokens: 4 }),
  ]) {
    it(`keeps the ${Object.keys(counted)} that came before its end`, () => {
      const chunks = [{ ...newer({ content: "One" }), ...counted }, newer({}, "stop")];
      const found = completedOf(readStream(mistralChat, asked, chunks)).usage;
      assert.deepEqual([found?.inputTokens, found?.outputTokens], [3, 4]);
    });
  }

  it("ends before a stop sequence, and a tool use after it is no part of it", () => {
    const calls = [{ id: "a", function: { name: "one", arguments: "{}" } }];
    const said = { content: "One STOP", tool_calls: calls };
    const request = sampleRequest({ stopSequences: ["STOP"] });
    const body = { choices: [{ message: said, finish_reason: "tool_calls" }] };
    const whole = mistralChat.decode(body, { ...asked, request }, undefined);
    const chunks = [newer(said), newer({}, "tool_calls")];
    const stream = readStream(mistralChat, { ...asked, request }, chunks);
    for (const events of [whole, stream]) {
      const { blocks, finishReason } = answerOf(events) as { [name: string]: unknown };
      assert.deepEqual(blocks, [{ text: { text: "One " } }]);
      assert.equal(finishReason, "FINISH_REASON_STOP_SEQUENCE");
    }
  });
});

describe("a message to Mistral", () => {
  it("is not written where there is nothing but reasoning in it", () => {
    const reasoning = { block: { case: "reasoning", value: { text: "Hm." } } } as const;
    const request = sampleRequest({
      messages: [
        { role: Role.USER, content: [textBlock("One?")] },
        { role: Role.ASSISTANT, content: [reasoning] },
        { role: Role.USER, content: [textBlock("Two?")] },
      ],
    });
    const { messages } = JSON.parse(mistralChat.encode(request, asked.endpoint));
    assert.deepEqual(messages, [
      { role: "user", content: "One?" },
      { role: "user", content: "Two?" },
    ]);
  });

  it("holds what the user says behind the results of tools", () => {
    const value = { toolUseId: "aB3dE6gH9", content: [textBlock("1")] };
    const content = [textBlock("So?"), { block: { case: "toolResult" as const, value } }];
    const request = sampleRequest({ messages: [{ role: Role.USER, content }] });
    const { messages } = JSON.parse(mistralChat.encode(request, asked.endpoint));
    assert.deepEqual(messages, [
      { role: "tool", tool_call_id: "aB3dE6gH9", content: "1" },
      { role: "user", content: "So?" },
    ]);
  });
});

describe("mistralToolId", () => {
  it("leaves an id alone that is nine letters and digits", () => {
    assert.equal(mistralToolId("aB3dE6gH9"), "aB3dE6gH9");
  });

  it("makes nine of any other, always the same ones, and different ones of different ids", () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(ids, (values) => {
        const mapped = values.map(mistralToolId);
        for (const id of mapped) assert.match(id, /^[a-zA-Z0-9]{9}$/);
        assert.deepEqual(values.map(mistralToolId), mapped);
        assert.equal(new Set(mapped).size, values.length);
      }),
    );
  });
});
