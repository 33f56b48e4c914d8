import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  type ContentBlockSchema,
  LatencyProfile,
  ReasoningEffort,
  Role,
  ServiceTier,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../../../server/core/call.ts";
import { encodeConverse } from "../../../../../server/providers/bedrock/codecs/converse-request.ts";
import { sampleEndpoint, sampleRequest, textBlock } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;
type Block = MessageInitShape<typeof ContentBlockSchema>;

const encoded = (request: Request, change: Partial<Endpoint> = {}) => {
  const endpoint = sampleEndpoint({ family: "converse", model: "deepseek.v3-v1:0", ...change });
  return JSON.parse(encodeConverse(sampleRequest(request), endpoint));
};
const tools = [{ name: "weather" }, { name: "now" }];
const saying = (...content: Block[]) => [{ role: Role.USER, content }];

async function assertRefused(field: string, ask: () => unknown): Promise<void> {
  const error = await refusalOf(ask);
  assert.equal(error.code, Code.InvalidArgument);
  assert.deepEqual(
    error.violations.map((violation) => violation.field),
    [field],
  );
}

describe("the tools of Converse", () => {
  const choiceFor = (choice: object, offered = tools) =>
    encoded({ tools: offered, toolChoice: { choice } as NonNullable<Request["toolChoice"]> })
      .toolConfig?.toolChoice;

  for (const [choice, written] of [
    [{ case: "auto", value: {} }, undefined],
    [{ case: "any", value: {} }, { any: {} }],
    [{ case: "toolName", value: "now" }, { tool: { name: "now" } }],
  ] as const) {
    it(`are chosen by ${JSON.stringify(written) ?? "the model"} for ${choice.case}`, () => {
      assert.deepEqual(choiceFor(choice), written);
    });
  }

  it("are one of one for the name of the only one, which more models know", () => {
    assert.deepEqual(choiceFor({ case: "toolName", value: "now" }, [{ name: "now" }]), { any: {} });
  });

  const none = { choice: { case: "none", value: {} } } as const;
  it("are not sent where none may be used: Converse has no such choice", () => {
    assert.equal(encoded({ tools, toolChoice: none }).toolConfig, undefined);
  });

  it("must be free to use where the conversation has used some", async () => {
    const use: Block = { block: { case: "toolUse", value: { id: "tooluse_1", name: "now" } } };
    const result: Block = {
      block: {
        case: "toolResult",
        value: { toolUseId: "tooluse_1", content: [textBlock("Noon.")] },
      },
    };
    const messages = [
      { role: Role.USER, content: [textBlock("When?")] },
      { role: Role.ASSISTANT, content: [use] },
      { role: Role.USER, content: [result] },
    ];
    await assertRefused("tool_choice.none", () => encoded({ messages, tools, toolChoice: none }));
  });

  it("carry the cache point where there is no system", () => {
    const { toolConfig, system } = encoded({ tools, systemCachePoint: {} });
    assert.deepEqual(toolConfig.tools.at(-1), { cachePoint: { type: "default" } });
    assert.equal(system, undefined);
  });

  it("are asked for where there is nothing else to cache", () =>
    assertRefused("system_cache_point", () => encoded({ systemCachePoint: {} })));

  it("of Nova are written as Nova takes them", async () => {
    const nova = { model: "us.amazon.nova-pro-v1:0" };
    const titled = [{ name: "now", inputSchema: { type: "object", title: "Now" } }];
    const { toolConfig } = encoded({ tools: titled }, nova);
    assert.deepEqual(toolConfig.tools[0].toolSpec.inputSchema.json, { type: "object" });
    await assertRefused("system_cache_point", () => encoded({ tools, systemCachePoint: {} }, nova));
  });
});

describe("the blocks of Converse", () => {
  it("refuse a document of a format that it does not know", () =>
    assertRefused("messages[0].content[0].document.media_type", () => {
      const value = { mediaType: "application/zip", content: Buffer.from("PK") };
      return encoded({ messages: saying({ block: { case: "document", value } }) });
    }));

  for (const [mediaType, format] of [
    ["application/pdf", "pdf"],
    ["text/plain", "txt"],
    ["text/markdown", "md"],
    ["text/html", "html"],
    ["text/csv", "csv"],
    ["application/msword", "doc"],
    ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
    ["application/vnd.ms-excel", "xls"],
    ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
  ] as const) {
    it(`hold a document of ${mediaType} as ${format}`, () => {
      const value = { mediaType, content: Buffer.from("Hi."), name: "notes" };
      const { messages } = encoded({ messages: saying({ block: { case: "document", value } }) });
      assert.deepEqual(messages[0].content, [
        { document: { format, name: "notes", source: { bytes: "SGku" } } },
      ]);
    });
  }

  it("give each document of a conversation a name of its own, inside tool results too", () => {
    const document = (name: string): Block => ({
      block: {
        case: "document",
        value: { mediaType: "text/plain", content: Buffer.from("Hi."), name },
      },
    });
    const result: Block = {
      block: {
        case: "toolResult",
        value: { toolUseId: "tooluse_1", content: [document("notes")] },
      },
    };
    const { messages } = encoded({ messages: saying(document("notes"), result) });
    const [first, second] = messages[0].content;
    assert.equal(first.document.name, "notes");
    assert.equal(second.toolResult.content[0].document.name, "notes (2)");
  });

  it("carry a last message of the assistant, which the model then continues", () => {
    const messages = [
      ...saying(textBlock("Count.")),
      { role: Role.ASSISTANT, content: [textBlock("One,")] },
    ];
    assert.deepEqual(encoded({ messages }).messages.at(-1), {
      role: "assistant",
      content: [{ text: "One," }],
    });
  });
});

describe("the options of Converse", () => {
  for (const [serviceTier, type] of [
    [ServiceTier.DEFAULT, "default"],
    [ServiceTier.PRIORITY, "priority"],
    [ServiceTier.FLEX, "flex"],
    [ServiceTier.RESERVED, "reserved"],
  ] as const) {
    it(`hold the tier ${type}`, () => {
      assert.deepEqual(encoded({ serviceTier }).serviceTier, { type });
    });
  }

  for (const [latencyProfile, latency] of [
    [LatencyProfile.STANDARD, "standard"],
    [LatencyProfile.OPTIMIZED, "optimized"],
  ] as const) {
    it(`hold the latency ${latency}`, () => {
      assert.deepEqual(encoded({ latencyProfile }).performanceConfig, { latency });
    });
  }

  it("are not there where nobody asks", () => {
    assert.deepEqual(Object.keys(encoded({})), ["messages", "inferenceConfig"]);
  });
});

describe("Claude through Converse", () => {
  const claude = (reasoning: "budget" | "adaptive") => ({
    model: "us.anthropic.claude-sonnet-4-6",
    maxOutputTokens: 64_000,
    traits: { refuses: new Set<never>(), reasoning },
  });

  it("is told its budget among the fields of its own", () => {
    const body = encoded({ reasoning: { budgetTokens: 2000 }, topP: 0.95 }, claude("budget"));
    assert.deepEqual(body.additionalModelRequestFields, {
      thinking: { type: "enabled", budget_tokens: 2000 },
    });
    assert.deepEqual(body.inferenceConfig, { maxTokens: 4096, topP: 0.95 });
  });

  it("is told its effort there too", () => {
    const effort = ReasoningEffort.MEDIUM;
    assert.deepEqual(
      encoded({ reasoning: { effort } }, claude("adaptive")).additionalModelRequestFields,
      {
        thinking: { type: "adaptive" },
        output_config: { effort: "medium" },
      },
    );
  });

  it("answers in JSON by choice, not by force, while it reasons", () => {
    const format = { case: "jsonSchema", value: { name: "capital", schema: {} } } as const;
    const effort = ReasoningEffort.LOW;
    const { toolConfig } = encoded(
      { responseFormat: { format }, reasoning: { effort } },
      claude("adaptive"),
    );
    assert.equal(toolConfig.tools.length, 1);
    assert.equal(toolConfig.toolChoice, undefined);
  });
});

describe("Nova 2 through Converse", () => {
  it("has no limit at high effort", () => {
    const reasoning = { effort: ReasoningEffort.HIGH };
    const traits = { refuses: new Set<never>(), reasoning: "effort" as const };
    const body = encoded({ reasoning }, { model: "us.amazon.nova-2-lite-v1:0", traits });
    assert.deepEqual(body.inferenceConfig, {});
  });
});
