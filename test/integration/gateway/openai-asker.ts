import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  CompleteRequest,
  CompleteRequestSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Delivery, Endpoint } from "../../../server/core/call.ts";
import { ordinaryTraits } from "../../../server/core/model-traits.ts";
import type { Provider } from "../../../server/core/provider.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { draftAnswer } from "../../../server/edge/answer.ts";
import { sampleAttempt, sampleEndpoint, sampleRequest } from "../../fakes/calls.ts";

/** What a provider answered, put together as a caller would get it. */
export type Answered = ReturnType<ReturnType<typeof draftAnswer>["finish"]> & {
  readonly providerRequestId: string | undefined;
};

/** What a question changes of the sample request. */
export type Asking = Exclude<MessageInitShape<typeof CompleteRequestSchema>, CompleteRequest>;

/** Where and how a question is asked. */
export interface AskingOptions {
  readonly endpoint?: Partial<Endpoint>;
  readonly signal?: AbortSignal;
}

export const deliveries = ["unary", "stream"] as const satisfies readonly Delivery[];

/** An endpoint at OpenAI. */
export function openAiEndpoint(change: Partial<Endpoint> = {}): Endpoint {
  return sampleEndpoint({
    provider: "openai",
    region: "global",
    family: "openai",
    model: "gpt-4o",
    maxOutputTokens: undefined,
    traits: ordinaryTraits,
    ...change,
  });
}

/** The attempt to answer a question. */
export function openAiAttempt(
  delivery: Delivery,
  change: Asking,
  { endpoint, signal }: AskingOptions,
) {
  return sampleAttempt({
    endpoint: openAiEndpoint(endpoint),
    request: sampleRequest(change),
    delivery,
    ...(signal && { signal }),
  });
}

/** Asks a provider and reads the answer to its end; every failure is thrown. */
export async function ask(
  provider: Provider,
  delivery: Delivery,
  change: Asking = {},
  options: AskingOptions = {},
): Promise<Answered> {
  const reply = await provider.complete(openAiAttempt(delivery, change, options));
  const draft = draftAnswer();
  let answer: ReturnType<typeof draft.finish> | undefined;
  for await (const event of reply.events) {
    if (event.case === "delta") draft.add(event.value);
    if (event.case === "completed") answer = draft.finish(event.value);
  }
  if (!answer) throw new Error("the answer ended without an end and without an error");
  return { ...answer, providerRequestId: reply.providerRequestId };
}

/** The text of a piece; nothing for other events. */
export function textOf(event: CompletionEvent): string {
  return event.case === "delta" && event.value.piece.case === "text" ? event.value.piece.value : "";
}

/** A user's question in words. */
export function says(text: string): Asking {
  return { messages: [{ role: 1, content: [{ block: { case: "text", value: { text } } }] }] };
}
