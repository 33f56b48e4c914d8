import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  ConnectError,
  type ConnectRouter,
  createRouterTransport,
  type ServiceImpl,
} from "@connectrpc/connect";
import { createGatewayClient, type GatewayClient } from "../../../client/sdk/node.ts";
import {
  type CompleteStreamResponse,
  CompleteStreamResponseSchema,
  CompletionService,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ModelService } from "../../../gen/axonflow/gateway/v1/model_pb.ts";

/** What the stand-in answers; a method left out is UNIMPLEMENTED. */
export type Answers = Partial<ServiceImpl<typeof CompletionService>> &
  Partial<ServiceImpl<typeof ModelService>>;

/** Routes of a gateway that says what the test wants it to say. */
export function standInRoutes({ complete, completeStream, ...models }: Answers) {
  return (router: ConnectRouter) => {
    router.service(CompletionService, {
      ...(complete && { complete }),
      ...(completeStream && { completeStream }),
    });
    router.service(ModelService, models);
  };
}

/** A client before such a gateway, without a network between them. */
export function clientOf(answers: Answers, licenseKey?: string): GatewayClient {
  const transport = createRouterTransport(standInRoutes(answers));
  return createGatewayClient({ url: "http://stand-in", licenseKey, transport });
}

type Event = MessageInitShape<typeof CompleteStreamResponseSchema>["event"];

/** One event of a stream. */
export function event(init: NonNullable<Event>): CompleteStreamResponse {
  return create(CompleteStreamResponseSchema, { event: init });
}

export const started = event({ case: "started", value: { requestId: "request-1" } });
export const completed = event({ case: "completed", value: { model: "model-1" } });

/** A piece of text. */
export function delta(text: string): CompleteStreamResponse {
  return event({ case: "delta", value: { piece: { case: "text", value: text } } });
}

/** Waits until the call is given up, and fails as a server does then. */
export function untilGivenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => reject(ConnectError.from(signal.reason));
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}
