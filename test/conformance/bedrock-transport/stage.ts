import { createEmulator, type Emulator, type EmulatorOptions } from "../../../emulator/emulator.ts";
import type {
  BedrockApi,
  BedrockRequest,
  StreamedAnswer,
  Transport,
} from "../../../server/providers/bedrock/transport/transport.ts";
import type { TransportCase } from "../bedrock-transport-suite.ts";

/** An emulator and a transport that asks it. */
export interface Stage {
  readonly emulator: Emulator;
  readonly transport: Transport;
  close(): Promise<void>;
}

/** Every variable by which the AWS SDK finds out who we are. Tests begin with none of the developer's own. */
const cleared: Readonly<Record<string, string | undefined>> = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_BEARER_TOKEN_BEDROCK: undefined,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
  AWS_PROFILE: undefined,
  AWS_CONFIG_FILE: "/nowhere/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Sets the variables that are given and clears the others. */
export function setAwsEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries({ ...cleared, ...variables })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Keys that the emulator lets in unless told otherwise. */
export const emulatorKeys = {
  AWS_ACCESS_KEY_ID: "emulator",
  AWS_SECRET_ACCESS_KEY: "emulator",
};

/** Starts both. */
export async function openStage(
  { create }: TransportCase,
  environment: Readonly<Record<string, string>> = emulatorKeys,
  options: EmulatorOptions = {},
): Promise<Stage> {
  setAwsEnvironment(environment);
  const emulator = await createEmulator(options);
  const transport = create({ region: "us-east-1", endpointUrl: emulator.url });
  return {
    emulator,
    transport,
    async close() {
      transport.close();
      await emulator.close();
    },
  };
}

export const apis: readonly BedrockApi[] = ["invoke", "converse"];

export const model = "anthropic.claude-3-5-sonnet-20240620-v1:0";

/** A question in the body of its API. */
export function question(
  api: BedrockApi,
  prompt = "What is the capital of France?",
  change: Partial<BedrockRequest> = {},
): BedrockRequest {
  const content = api === "invoke" ? [{ type: "text", text: prompt }] : [{ text: prompt }];
  const messages = [{ role: "user", content }];
  const body =
    api === "invoke"
      ? { anthropic_version: "bedrock-2023-05-31", max_tokens: 1000, messages }
      : { messages, inferenceConfig: { maxTokens: 1000 } };
  return { api, model, body: JSON.stringify(body), options: {}, ...change };
}

/** A stream read to its end or its failure. */
export interface StreamReading {
  readonly batches: readonly (readonly unknown[])[];
  readonly events: readonly unknown[];
  readonly requestId: string | undefined;
  /** What was thrown, by asking or by reading. */
  readonly failure?: unknown;
}

/** Reads everything. */
export async function readAll(asked: Promise<StreamedAnswer>): Promise<StreamReading> {
  const batches: (readonly unknown[])[] = [];
  let requestId: string | undefined;
  try {
    const answer = await asked;
    requestId = answer.requestId;
    for await (const batch of answer.batches) batches.push(batch);
    return { batches, events: batches.flat(), requestId };
  } catch (failure) {
    return { batches, events: batches.flat(), requestId, failure };
  }
}

/** The text in a stream's events. */
export function textOf(events: readonly unknown[]): string {
  return events.map(pieceOf).join("");
}

function pieceOf(event: unknown): string {
  const { type, delta, contentBlockDelta } = event as {
    type?: string;
    delta?: { text?: string };
    contentBlockDelta?: { delta: { text?: string } };
  };
  if (type === "content_block_delta") return delta?.text ?? "";
  return contentBlockDelta?.delta.text ?? "";
}

/** A signal that nobody aborts. */
export const staying = new AbortController().signal;
