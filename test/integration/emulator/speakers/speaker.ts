import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import type { Asker } from "../fixture.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** What a test wants to ask, in no API's words. */
export interface Question {
  readonly turns: readonly Turn[];
  readonly system?: string;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
}

/** What came back, in no API's words. */
export interface Heard {
  readonly text: string;
  readonly stopReason: string | null | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

/** One way to talk to one family: how a question is put and how both kinds of answer are read. */
export interface Speaker {
  readonly name: string;
  readonly modelId: string;
  /** The words for a complete answer, one cut by its limit, and one cut by a stop sequence. */
  readonly endings: readonly [end: string, limit: string, stop: string];
  readonly takesStops: boolean;
  readonly whole: (asker: Asker, question: Question) => Promise<Heard>;
  readonly stream: (asker: Asker, question: Question) => Promise<Heard>;
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of six families, looked into by tests alone.
export type Json = any;

interface InvokeSpeaker extends Pick<Speaker, "name" | "modelId" | "endings"> {
  readonly takesStops?: boolean;
  readonly body: (question: Question) => object;
  readonly read: (body: Json) => Partial<Heard>;
  readonly readStream: (chunks: readonly Json[]) => Partial<Heard>;
}

const metricsName = "amazon-bedrock-invocationMetrics";

/** A speaker over InvokeModel; counts that the body does not have come from headers and metrics. */
export function invokeSpeaker(own: InvokeSpeaker): Speaker {
  const { modelId } = own;
  const input = (question: Question) => ({
    modelId,
    contentType: "application/json",
    body: JSON.stringify(own.body(question)),
  });
  return {
    takesStops: true,
    ...own,
    async whole(asker, question) {
      const { body } = await asker.client.send(new InvokeModelCommand(input(question)));
      const headers = asker.headers();
      const count = (name: string) => Number(headers[`x-amzn-bedrock-${name}-token-count`]);
      return {
        text: "",
        stopReason: undefined,
        inputTokens: count("input"),
        outputTokens: count("output"),
        ...own.read(JSON.parse(Buffer.from(body).toString())),
      };
    },
    async stream(asker, question) {
      const command = new InvokeModelWithResponseStreamCommand(input(question));
      const { body = [] } = await asker.client.send(command);
      const chunks: Json[] = [];
      for await (const { chunk } of body as AsyncIterable<Json>) {
        chunks.push(JSON.parse(Buffer.from(chunk.bytes).toString()));
      }
      const metrics = chunks.at(-1)[metricsName];
      return {
        text: "",
        stopReason: undefined,
        inputTokens: metrics?.inputTokenCount,
        outputTokens: metrics?.outputTokenCount,
        ...own.readStream(chunks),
      };
    },
  };
}

/** A speaker over Converse. */
export function converseSpeaker(modelId: string): Speaker {
  const input = ({ turns, system, maxTokens, stop }: Question) => ({
    modelId,
    messages: turns.map(({ role, text }) => ({ role, content: [{ text }] })),
    ...(system !== undefined && { system: [{ text: system }] }),
    inferenceConfig: {
      ...(maxTokens !== undefined && { maxTokens }),
      ...(stop && { stopSequences: [...stop] }),
    },
  });
  const textOf = (content: Json) => (content ?? []).map(({ text = "" }) => text).join("");
  return {
    name: `${modelId}, Converse`,
    modelId,
    endings: ["end_turn", "max_tokens", "stop_sequence"],
    takesStops: true,
    async whole(asker, question) {
      const answer = await asker.client.send(new ConverseCommand(input(question)));
      return {
        text: textOf(answer.output?.message?.content),
        stopReason: answer.stopReason,
        inputTokens: answer.usage?.inputTokens,
        outputTokens: answer.usage?.outputTokens,
      };
    },
    async stream(asker, question) {
      const { stream = [] } = await asker.client.send(new ConverseStreamCommand(input(question)));
      const events: Json[] = [];
      for await (const event of stream as AsyncIterable<Json>) events.push(event);
      const usage = events.at(-1).metadata?.usage;
      return {
        text: events.map((event) => event.contentBlockDelta?.delta.text ?? "").join(""),
        stopReason: events.find((event) => event.messageStop)?.messageStop.stopReason,
        inputTokens: usage?.inputTokens,
        outputTokens: usage?.outputTokens,
      };
    },
  };
}
