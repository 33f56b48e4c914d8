import {
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { type Asker, collect } from "../fixture.ts";
import type { Json } from "./speaker.ts";

export interface Tool {
  readonly name: string;
  readonly schema: object;
}

/** A question with more than text, in no API's words. */
export interface RichQuestion {
  readonly text: string;
  readonly tools?: readonly Tool[];
  /** A tool's name, or `any`. */
  readonly choice?: string;
  /** An earlier use of the first tool, and what it answered, or how it failed. */
  readonly result?: { readonly text: string; readonly isError?: boolean };
  readonly schema?: object;
  readonly isReasoning?: boolean;
  readonly maxTokens?: number;
}

/** An answer with more than text. */
export interface RichAnswer {
  readonly text: string;
  readonly uses: readonly { readonly name: string; readonly input: unknown }[];
  /** The text of each use's input in the pieces in which it came; empty for a whole answer. */
  readonly pieces: readonly (readonly string[])[];
  readonly reasoning: string;
  readonly signature: string;
  readonly redacted: string;
  readonly stopReason: string;
  readonly outputTokens: number;
}

export interface RichSpeaker {
  readonly name: string;
  readonly whole: (asker: Asker, question: RichQuestion) => Promise<RichAnswer>;
  readonly stream: (asker: Asker, question: RichQuestion) => Promise<RichAnswer>;
}

const toolUseId = "tool_1";

export const claude: RichSpeaker = {
  name: "Claude, InvokeModel",
  async whole(asker, question) {
    const answer: Json = await asker.whole({ modelId, body: claudeBody(question) });
    const { content } = answer;
    return {
      text: pick(content, "text", "text"),
      uses: content.filter(isUse).map(({ name, input }: Json) => ({ name, input })),
      pieces: [],
      reasoning: pick(content, "thinking", "thinking"),
      signature: pick(content, "thinking", "signature"),
      redacted: pick(content, "redacted_thinking", "data"),
      stopReason: answer.stop_reason,
      outputTokens: answer.usage.output_tokens,
    };
  },
  async stream(asker, question) {
    const events: Json[] = await collect(asker.stream({ modelId, body: claudeBody(question) }));
    const starts = events.filter(({ type }) => type === "content_block_start");
    const deltas = (index: number) => events.filter((e) => e.delta && e.index === index);
    const uses = starts.filter(({ content_block: block }) => isUse(block));
    const pieces = uses.map(({ index }) => deltas(index).map(({ delta }) => delta.partial_json));
    const joined = (name: string) => events.map(({ delta }) => delta?.[name] ?? "").join("");
    return {
      text: joined("text"),
      uses: uses.map(({ content_block: { name } }, at) => ({
        name,
        input: JSON.parse(pieces[at]?.join("") ?? ""),
      })),
      pieces,
      reasoning: joined("thinking"),
      signature: joined("signature"),
      redacted: starts.map(({ content_block: block }) => block.data ?? "").join(""),
      stopReason: events.at(-2).delta.stop_reason,
      outputTokens: events.at(-2).usage.output_tokens,
    };
  },
};

const modelId = "anthropic.claude-emulator-v1:0";
const isUse = ({ type }: Json) => type === "tool_use";
const pick = (content: Json, type: string, member: string) =>
  content.map((block: Json) => (block.type === type ? block[member] : "")).join("");

function claudeBody(question: RichQuestion): object {
  const { text, tools = [], choice, result, schema, isReasoning, maxTokens = 4_000 } = question;
  const use = { type: "tool_use", id: toolUseId, name: tools[0]?.name, input: {} };
  const answered = { type: "tool_result", tool_use_id: toolUseId, content: result?.text };
  return {
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: maxTokens,
    messages: [
      { role: "user", content: text },
      ...(result
        ? [
            { role: "assistant", content: [use] },
            { role: "user", content: [{ ...answered, is_error: result.isError === true }] },
          ]
        : []),
    ],
    ...(tools.length > 0 && {
      tools: tools.map(({ name, schema: input_schema }) => ({ name, input_schema })),
    }),
    ...(choice && {
      tool_choice: choice === "any" ? { type: "any" } : { type: "tool", name: choice },
    }),
    ...(schema && { output_config: { format: { type: "json_schema", schema } } }),
    ...(isReasoning && { thinking: { type: "enabled", budget_tokens: 1_024 } }),
  };
}

export const converse: RichSpeaker = {
  name: "Claude, Converse",
  async whole({ client }, question) {
    const answer = await client.send(new ConverseCommand(converseInput(question)));
    const content: Json[] = answer.output?.message?.content ?? [];
    const reasoning = content.map(({ reasoningContent }) => reasoningContent).filter(Boolean);
    return {
      text: content.map(({ text = "" }) => text).join(""),
      uses: content.flatMap(({ toolUse }) =>
        toolUse ? [{ name: toolUse.name, input: toolUse.input }] : [],
      ),
      pieces: [],
      reasoning: reasoning.map(({ reasoningText }) => reasoningText?.text ?? "").join(""),
      signature: reasoning.map(({ reasoningText }) => reasoningText?.signature ?? "").join(""),
      redacted: redactedOf(reasoning),
      stopReason: answer.stopReason ?? "",
      outputTokens: answer.usage?.outputTokens ?? 0,
    };
  },
  async stream({ client }, question) {
    const { stream = [] } = await client.send(new ConverseStreamCommand(converseInput(question)));
    const events: Json[] = await collect(stream as AsyncIterable<Json>);
    const deltas = events.map(({ contentBlockDelta }) => contentBlockDelta).filter(Boolean);
    const starts = events.map(({ contentBlockStart }) => contentBlockStart).filter(Boolean);
    const pieces = starts.map(({ contentBlockIndex }) =>
      deltas.flatMap((each) =>
        each.contentBlockIndex === contentBlockIndex ? [each.delta.toolUse.input] : [],
      ),
    );
    const reasoning = deltas.map(({ delta }) => delta.reasoningContent).filter(Boolean);
    return {
      text: deltas.map(({ delta }) => delta.text ?? "").join(""),
      uses: starts.map(({ start }, at) => ({
        name: start.toolUse.name,
        input: JSON.parse(pieces[at]?.join("") ?? ""),
      })),
      pieces,
      reasoning: reasoning.map(({ text = "" }) => text).join(""),
      signature: reasoning.map(({ signature = "" }) => signature).join(""),
      redacted: redactedOf(reasoning),
      stopReason: events.find(({ messageStop }) => messageStop).messageStop.stopReason,
      outputTokens: events.at(-1).metadata.usage.outputTokens,
    };
  },
};

const redactedOf = (reasoning: Json[]) =>
  reasoning
    .map(({ redactedContent = [] }) => Buffer.from(redactedContent).toString("base64"))
    .join("");

function converseInput(question: RichQuestion): ConverseCommandInput {
  const { text, tools = [], choice, result, schema, isReasoning, maxTokens } = question;
  const use = { toolUseId, name: tools[0]?.name, input: {} };
  const status = result?.isError ? "error" : "success";
  const answered = { toolUseId, content: [{ text: result?.text ?? "" }], status } as const;
  const toolSpec = ({ name, schema: json }: Tool) => ({
    toolSpec: { name, inputSchema: { json } },
  });
  const toolChoice = choice === "any" ? { any: {} } : { tool: { name: choice } };
  const jsonSchema = { name: "answer", schema: JSON.stringify(schema) };
  return {
    modelId,
    messages: [
      { role: "user", content: [{ text }] },
      ...(result
        ? [
            { role: "assistant" as const, content: [{ toolUse: use }] },
            { role: "user" as const, content: [{ toolResult: answered }] },
          ]
        : []),
    ],
    ...(maxTokens && { inferenceConfig: { maxTokens } }),
    ...(tools.length > 0 && {
      toolConfig: { tools: tools.map(toolSpec), ...(choice && { toolChoice }) },
    }),
    ...(schema && {
      outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema } } },
    }),
    ...(isReasoning && {
      additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1_024 } },
    }),
  } as ConverseCommandInput;
}
