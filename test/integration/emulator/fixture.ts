import {
  BedrockRuntimeClient,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../emulator/emulator.ts";

// The SDK prefers a Bearer token from the environment even to explicit credentials.
delete process.env.AWS_BEARER_TOKEN_BEDROCK;

/** The two transports of the AWS SDK: its default for Bedrock, and the one most services use. */
export const protocols = ["2", "1.1"] as const;
export type Protocol = (typeof protocols)[number];

export const sonnet = "anthropic.claude-3-5-sonnet-20240620-v1:0";
/** A model the emulator has no limit for, so that answers may be long. */
export const unlimited = "anthropic.claude-emulator-v1:0";
export const franceQuestion = "What is the capital of France?";
export const franceAnswer = "The capital of France is Paris.";

export interface Ask {
  readonly modelId?: string;
  readonly text?: string;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

export interface Asker extends Disposable {
  readonly client: BedrockRuntimeClient;
  /** Headers of the latest answer, as the SDK's transport saw them. */
  readonly headers: () => Readonly<Record<string, string>>;
  whole(ask?: Ask): Promise<AnthropicAnswer>;
  /** The model's events as they come. */
  stream(ask?: Ask): AsyncGenerator<AnthropicEvent>;
}

export interface AnthropicAnswer {
  readonly model: string;
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number };
}

export interface AnthropicEvent {
  readonly type: string;
  readonly delta?: { readonly text?: string; readonly stop_reason?: string };
  readonly usage?: { readonly output_tokens: number };
  readonly message?: AnthropicAnswer;
  readonly error?: { readonly type: string };
  readonly "amazon-bedrock-invocationMetrics"?: {
    readonly inputTokenCount: number;
    readonly outputTokenCount: number;
  };
}

export function createAsker(
  { url }: { readonly url: string },
  protocol: Protocol,
  secretAccessKey = "emulator",
  accessKeyId = "emulator",
): Asker {
  const client = new BedrockRuntimeClient({
    region: "eu-central-1",
    endpoint: url,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    ...(protocol === "1.1" && { requestHandler: new NodeHttpHandler() }),
  });
  let headers: Record<string, string> = {};
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      headers = (result.response as { headers: Record<string, string> }).headers;
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  return {
    client,
    headers: () => headers,
    async whole(ask = {}) {
      const command = new InvokeModelCommand(commandInput(ask));
      const { body } = await client.send(command, sendOptions(ask));
      // The SDK gives null for an empty body, whatever its types say.
      return JSON.parse(Buffer.from(body ?? []).toString());
    },
    async *stream(ask = {}) {
      const command = new InvokeModelWithResponseStreamCommand(commandInput(ask));
      const { body = [] } = await client.send(command, sendOptions(ask));
      for await (const { chunk } of body as AsyncIterable<{ chunk?: { bytes?: Uint8Array } }>) {
        if (chunk?.bytes) yield JSON.parse(Buffer.from(chunk.bytes).toString());
      }
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

export function anthropicBody(text: string, rest: object = {}): Record<string, unknown> {
  return {
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 4_096,
    messages: [{ role: "user", content: text }],
    ...rest,
  };
}

function commandInput({ modelId = sonnet, text = franceQuestion, body }: Ask) {
  return {
    modelId,
    contentType: "application/json",
    accept: "application/json",
    body: JSON.stringify(body ?? anthropicBody(text)),
  };
}

function sendOptions({ signal }: Ask) {
  return signal ? { abortSignal: signal } : {};
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

export function textOf(events: readonly AnthropicEvent[]): string {
  return events.map(({ delta }) => delta?.text ?? "").join("");
}

export function wholeText({ content }: AnthropicAnswer): string {
  return content.map(({ text }) => text).join("");
}

/** Runs a test body against a fresh emulator and closes it afterwards, whatever happens. */
export async function withEmulator(
  options: EmulatorOptions,
  body: (emulator: Emulator) => Promise<void>,
): Promise<void> {
  const emulator = await createEmulator(options);
  try {
    await body(emulator);
  } finally {
    await emulator.close();
  }
}

/** The same test over both protocols, with one asker each. */
export async function overBoth(
  options: EmulatorOptions,
  body: (emulator: Emulator, asker: Asker, protocol: Protocol) => Promise<void>,
): Promise<void> {
  for (const protocol of protocols) {
    await withEmulator(options, async (emulator) => {
      using asker = createAsker(emulator, protocol);
      await body(emulator, asker, protocol);
    });
  }
}
