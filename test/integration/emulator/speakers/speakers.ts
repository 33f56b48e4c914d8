import {
  converseSpeaker,
  invokeSpeaker,
  type Json,
  type Question,
  type Speaker,
} from "./speaker.ts";

const joined = (chunks: readonly Json[], text: (chunk: Json) => string | undefined) =>
  chunks.map((chunk) => text(chunk) ?? "").join("");

const anthropic = invokeSpeaker({
  name: "Claude",
  modelId: "anthropic.claude-emulator-v1:0",
  endings: ["end_turn", "max_tokens", "stop_sequence"],
  body: ({ turns, system, maxTokens = 1_000_000, stop = [] }) => ({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: maxTokens,
    stop_sequences: stop,
    ...(system !== undefined && { system }),
    messages: turns.map(({ role, text }) => ({ role, content: text })),
  }),
  read: ({ content, stop_reason: stopReason, usage }) => ({
    text: content.map(({ text }: Json) => text).join(""),
    stopReason,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
  }),
  readStream: (chunks) => ({
    text: joined(chunks, ({ delta }) => delta?.text),
    stopReason: chunks.at(-2).delta.stop_reason,
  }),
});

/** Llama's template, by the tokens of its generation. */
const llamaPrompt =
  (start: string, end: string, turnEnd: string) =>
  ({ turns, system }: Question) => {
    const header = (role: string) => `${start}${role}${end}\n\n`;
    const all = system === undefined ? turns : [{ role: "system", text: system }, ...turns];
    const last = all.at(-1)?.role === "assistant" ? all.at(-1)?.text : "";
    const closed = last ? all.slice(0, -1) : all;
    const written = closed.map(({ role, text }) => `${header(role)}${text}${turnEnd}`);
    return `<|begin_of_text|>${written.join("")}${header("assistant")}${last}`;
  };

const llama = (name: string, modelId: string, prompt: (question: Question) => string) =>
  invokeSpeaker({
    name,
    modelId,
    endings: ["stop", "length", "stop"],
    takesStops: false,
    body: (question) => ({ prompt: prompt(question), max_gen_len: question.maxTokens ?? 2_048 }),
    read: (body) => ({
      text: body.generation,
      stopReason: body.stop_reason,
      inputTokens: body.prompt_token_count,
      outputTokens: body.generation_token_count,
    }),
    readStream: (chunks) => ({
      text: joined(chunks, ({ generation }) => generation),
      stopReason: chunks.at(-1).stop_reason,
      inputTokens: chunks[0].prompt_token_count,
      outputTokens: chunks.at(-1).generation_token_count,
    }),
  });

const mistralPrompt = ({ turns, system }: Question) =>
  turns.reduce((prompt, { role, text }, index) => {
    if (role === "assistant") return `${prompt} ${text}${index < turns.length - 1 ? "</s>" : ""}`;
    const whole = index === 0 && system !== undefined ? `${system}\n\n${text}` : text;
    return `${prompt}[INST] ${whole} [/INST]`;
  }, "<s>");

/** A text that begins with what the family puts before every answer of its own. */
const without = (lead: string, text: string) =>
  text.startsWith(lead) ? text.slice(lead.length) : text;

const mistralText = invokeSpeaker({
  name: "Mistral, text form",
  modelId: "mistral.mistral-large-2402-v1:0",
  endings: ["stop", "length", "stop"],
  body: (question) => ({
    prompt: mistralPrompt(question),
    max_tokens: question.maxTokens ?? 8_191,
    stop: question.stop ?? [],
  }),
  read: ({ outputs: [output] }) => ({
    text: without(" ", output.text),
    stopReason: output.stop_reason,
  }),
  readStream: (chunks) => ({
    text: without(
      " ",
      joined(chunks, ({ outputs: [output] }) => output.text),
    ),
    stopReason: chunks.at(-1).outputs[0].stop_reason,
  }),
});

const mistralChat = (modelId: string, reason: string, delta: string) =>
  invokeSpeaker({
    name: `Mistral, chat form with ${reason}`,
    modelId,
    endings: ["stop", "length", "stop"],
    body: ({ turns, system, maxTokens, stop = [] }) => ({
      messages: [
        ...(system === undefined ? [] : [{ role: "system", content: system }]),
        ...turns.map(({ role, text }) => ({ role, content: text })),
      ],
      stop,
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    }),
    read: ({ choices: [choice] }) => ({ text: choice.message.content, stopReason: choice[reason] }),
    readStream: (chunks) => ({
      text: joined(chunks, ({ choices: [choice] }) => choice[delta].content),
      stopReason: chunks.at(-1).choices[0][reason],
    }),
  });

const titan = invokeSpeaker({
  name: "Titan",
  modelId: "amazon.titan-text-express-v1",
  endings: ["FINISH", "LENGTH", "STOP_CRITERIA_MET"],
  takesStops: false,
  body: ({ turns, system, maxTokens = 8_192 }) => {
    const last = turns.at(-1)?.role === "assistant" ? ` ${turns.at(-1)?.text}` : "";
    const closed = last ? turns.slice(0, -1) : turns;
    const written = closed.map(
      ({ role, text }) => `${role === "user" ? "User" : "Bot"}: ${text}\n`,
    );
    const opening = system === undefined ? "" : `${system}\n\n`;
    const inputText = `${opening}${written.join("")}Bot:${last}`;
    return { inputText, textGenerationConfig: { maxTokenCount: maxTokens } };
  },
  read: ({ inputTextTokenCount, results: [result] }) => ({
    text: without("\n", result.outputText),
    stopReason: result.completionReason,
    inputTokens: inputTextTokenCount,
    outputTokens: result.tokenCount,
  }),
  readStream: (chunks) => ({
    text: without(
      "\n",
      joined(chunks, ({ outputText }) => outputText),
    ),
    stopReason: chunks.at(-1).completionReason,
    inputTokens: chunks.at(-1).inputTextTokenCount,
    outputTokens: chunks.at(-1).totalOutputTextTokenCount,
  }),
});

const nova = invokeSpeaker({
  name: "Nova",
  modelId: "us.amazon.nova-emulator",
  endings: ["end_turn", "max_tokens", "stop_sequence"],
  body: ({ turns, system, maxTokens, stop = [] }) => ({
    schemaVersion: "messages-v1",
    ...(system !== undefined && { system: [{ text: system }] }),
    messages: turns.map(({ role, text }) => ({ role, content: [{ text }] })),
    inferenceConfig: { stopSequences: stop, ...(maxTokens !== undefined && { maxTokens }) },
  }),
  read: ({ output, stopReason, usage }) => ({
    text: output.message.content.map(({ text }: Json) => text).join(""),
    stopReason,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
  }),
  readStream: (chunks) => ({
    text: joined(chunks, ({ contentBlockDelta }) => contentBlockDelta?.delta.text),
    stopReason: chunks.at(-2).messageStop.stopReason,
    inputTokens: chunks.at(-1).metadata.usage?.inputTokens,
    outputTokens: chunks.at(-1).metadata.usage?.outputTokens,
  }),
});

/** Every family in its own words, and Converse before a model of each kind. */
export const speakers: readonly Speaker[] = [
  anthropic,
  llama(
    "Llama 3",
    "meta.llama3-70b-instruct-v1:0",
    llamaPrompt("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
  ),
  llama(
    "Llama 4",
    "us.meta.llama4-scout-17b-instruct-v1:0",
    llamaPrompt("<|header_start|>", "<|header_end|>", "<|eot|>"),
  ),
  mistralText,
  mistralChat("mistral.mistral-large-2407-v1:0", "stop_reason", "message"),
  mistralChat("mistral.mistral-large-3-675b-instruct", "finish_reason", "delta"),
  titan,
  nova,
  converseSpeaker("us.anthropic.claude-emulator-v1:0"),
  converseSpeaker("meta.llama-emulator-v1:0"),
  converseSpeaker("mistral.mistral-emulator"),
  converseSpeaker("amazon.titan-emulator"),
  converseSpeaker("cohere.command-r-v1:0"),
  converseSpeaker("ai21.jamba-1-5-large-v1:0"),
  converseSpeaker("qwen.qwen3-32b-v1:0"),
];
