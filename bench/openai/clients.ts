import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { create } from "@bufbuild/protobuf";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { CompleteRequestSchema, HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Delivery } from "../../server/core/call.ts";
import { createOpenAiProvider } from "../../server/providers/openai/provider.ts";

/** The two deliveries, by whichever client; `stream` calls back for every piece of text. */
export interface Client {
  complete(): Promise<unknown>;
  stream(model: string, signal: AbortSignal, piece: () => void): Promise<void>;
}

const text = "Answer in one sentence: why is the sky blue, and why is it red in the evening?";

/** The part of the library that is used here; the package is no dependency of this project. */
interface Library {
  readonly default: new (
    options: object,
  ) => {
    readonly chat: {
      readonly completions: {
        create(
          body: object,
          options?: object,
        ): Promise<AsyncIterable<{ choices: { delta: { content?: string } }[] }>>;
      };
    };
  };
}

/** OpenAI's own library, from where it was installed. */
export async function libraryClient(baseURL: string, directory: string): Promise<Client> {
  const entry = createRequire(pathToFileURL(`${directory}/`)).resolve("openai");
  const library = (await import(pathToFileURL(entry).href)) as Library & {
    default: { default?: Library["default"] };
  };
  const OpenAi = library.default.default ?? library.default;
  const { completions } = new OpenAi({ apiKey: "sk-bench", baseURL, maxRetries: 0 }).chat;
  const body = {
    messages: [{ role: "user", content: text }],
    max_completion_tokens: 4096,
    store: false,
  };
  return {
    complete: () => completions.create({ model: "gpt-4o", ...body }),
    async stream(model, signal, piece) {
      const stream = { stream: true, stream_options: { include_usage: true } };
      const chunks = await completions.create({ model, ...body, ...stream }, { signal });
      for await (const { choices } of chunks) if (choices[0]?.delta.content) piece();
    },
  };
}

/** Does more than the library: what comes out are the contract's events, checked and counted. */
export function ownClient(baseUrl: string): Client {
  const provider = createOpenAiProvider({ apiKey: "sk-bench", baseUrl });
  const read = async (attempt: Attempt, piece: () => void) => {
    const { events } = await provider.complete(attempt);
    for await (const { case: kind } of events) if (kind === "delta") piece();
  };
  return {
    complete: () => read(attemptOf("gpt-4o", "unary", new AbortController().signal), () => {}),
    stream: (model, signal, piece) => read(attemptOf(model, "stream", signal), piece),
  };
}

function attemptOf(model: string, delivery: Delivery, signal: AbortSignal): Attempt {
  const endpoint = {
    provider: "openai",
    region: "global",
    model,
    family: "openai",
    traits: { refuses: new Set<never>() },
  };
  const content = [{ block: { case: "text" as const, value: { text } } }];
  return {
    id: "00000000-0000-4000-8000-000000000000",
    principal: { name: "bench" },
    request: create(CompleteRequestSchema, { messages: [{ role: 1, content }] }),
    delivery,
    arrivedMs: 0,
    signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    context: ROOT_CONTEXT,
    route: { endpoints: [endpoint] },
    endpoint,
    number: 1,
    reason: HopReason.FIRST,
  };
}
