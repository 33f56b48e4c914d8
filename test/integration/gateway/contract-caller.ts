import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import {
  type Completed,
  type CompleteResponse,
  type CompleteStreamResponse,
  CompletionService,
  FinishReason,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../../gen/google/rpc/error_details_pb.ts";
import { type Answer, CallError, type DoorCaller, type Piece } from "./door-caller.ts";

/** A caller with the generated client over one protocol of the contract. */
export function createContractCaller(
  name: string,
  protocol: "grpc" | "connect" | "grpc-web",
  baseUrl: string,
  licenseKey: string,
): DoorCaller {
  const authorize: Interceptor = (next) => (request) => {
    if (licenseKey) request.header.set("authorization", `Bearer ${licenseKey}`);
    return next(request);
  };
  const options = { baseUrl, interceptors: [authorize] };
  const transport = {
    grpc: () => createGrpcTransport(options),
    connect: () => createConnectTransport({ ...options, httpVersion: "1.1" }),
    "grpc-web": () => createGrpcWebTransport({ ...options, httpVersion: "1.1" }),
  }[protocol]();
  const client = createClient(CompletionService, transport);
  return {
    name,
    async complete(question, ask) {
      try {
        const response = await client.complete(
          { ...question, stopSequences: [...(question.stopSequences ?? [])] },
          ask,
        );
        return { ...answerOf(response), text: response.content };
      } catch (error) {
        throw callError(error);
      }
    },
    async *stream(question, { signal, ...ask } = {}) {
      // Leaving connect-es's loop does not cancel the call; an abort does.
      const leave = new AbortController();
      const either = signal ? AbortSignal.any([signal, leave.signal]) : leave.signal;
      try {
        const request = { ...question, stopSequences: [...(question.stopSequences ?? [])] };
        for await (const { event } of client.completeStream(request, { ...ask, signal: either })) {
          const piece = pieceOf(event);
          if (piece) yield piece;
        }
      } catch (error) {
        throw callError(error);
      } finally {
        leave.abort();
      }
    },
  };
}

function pieceOf(event: CompleteStreamResponse["event"]): Piece | undefined {
  if (event.case === "started") return { kind: "started", requestId: event.value.requestId };
  if (event.case === "completed") return { kind: "completed", answer: answerOf(event.value) };
  if (event.case === "delta" && event.value.piece.case === "text") {
    return { kind: "text", text: event.value.piece.value };
  }
  return undefined;
}

function answerOf(summary: Completed | CompleteResponse): Answer {
  const name = Object.entries(FinishReason).find(
    ([, value]) => value === summary.finishReason,
  )?.[0];
  return {
    text: "",
    finishReason: (name ?? "").toLowerCase(),
    inputTokens: summary.usage?.inputTokens ?? 0,
    outputTokens: summary.usage?.outputTokens ?? 0,
    model: summary.model,
    provider: summary.provider,
    region: summary.region,
    requestId: summary.requestId,
    costNanoUsd: summary.cost ? Number(summary.cost.nanoUsd) : undefined,
    hops: summary.hops.length,
    replayOf: summary.replayOf,
  };
}

function callError(thrown: unknown): CallError {
  const error = ConnectError.from(thrown);
  const [info] = error.findDetails(ErrorInfoSchema);
  const [request] = error.findDetails(RequestInfoSchema);
  const [retry] = error.findDetails(RetryInfoSchema);
  const [help] = error.findDetails(HelpSchema);
  const [bad] = error.findDetails(BadRequestSchema);
  const code = (Code[error.code] ?? "").replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`);
  return new CallError(
    {
      code: code.toUpperCase().replace(/^CANCELED$/, "CANCELLED"),
      reason: info?.reason ?? "",
      requestId: request?.requestId ?? "",
      metadata: info?.metadata ?? {},
      fields: bad?.fieldViolations.map(({ field }) => field) ?? [],
      retryAfterMs: retry?.retryDelay ? durationMs(retry.retryDelay) : undefined,
      help: help?.links.map(({ url }) => url).join(" ") ?? "",
    },
    error.rawMessage,
  );
}
