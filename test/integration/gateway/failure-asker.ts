import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  type CompleteResponse,
  CompletionService,
  type Hop,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorInfoSchema, RetryInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import type { Delivery } from "../../../server/core/call.ts";
import { hopWords } from "../../fakes/hop-words.ts";
import type { TestGateway } from "./gateway.ts";

/** What a caller got, in words: an answer, or a code and a reason; and each hop as far as a caller is told. */
export interface Got {
  readonly outcome: string;
  /** `us-east-1 PROVIDER_THROTTLED`, or `us-east-1 SUCCEEDED`. */
  readonly hops: readonly string[];
  /** Each hop in full, where there was an answer. */
  readonly told: readonly Hop[];
  readonly answer?: Pick<CompleteResponse, "usage" | "cost">;
  /** From RetryInfo. */
  readonly retryAfterMs: number | undefined;
}

/** Asks one question over gRPC, whole or streamed. */
export function createAsker({ grpcUrl, licenseKey }: TestGateway) {
  const authorize: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${licenseKey}`);
    return next(request);
  };
  const transport = createGrpcTransport({ baseUrl: grpcUrl, interceptors: [authorize] });
  const client = createClient(CompletionService, transport);
  const requestOf = ({ disableFailover = false }: Options) => ({
    prompt: "What is the capital of France?",
    routing: { disableFailover },
  });
  const whole = async (options: Options) => {
    const { content, ...rest } = await client.complete(requestOf(options), options);
    return { text: content, ...rest };
  };
  const streamed = async (options: Options) => {
    let text = "";
    for await (const { event } of client.completeStream(requestOf(options), options)) {
      if (event.case === "delta" && event.value.piece.case === "text")
        text += event.value.piece.value;
      if (event.case === "completed") return { ...event.value, text };
    }
    throw new Error("the stream ended without a summary and without an error");
  };
  return async (delivery: Delivery, options: Options = {}): Promise<Got> => {
    try {
      const answer = await (delivery === "unary" ? whole(options) : streamed(options));
      const isRight = answer.text === "The capital of France is Paris.";
      const told = answer.hops;
      const hops = told.map(({ region, errorReason }) => `${region} ${errorReason || "SUCCEEDED"}`);
      return {
        outcome: isRight ? "answer" : "wrong answer",
        hops,
        told,
        answer,
        retryAfterMs: undefined,
      };
    } catch (error) {
      return refused(ConnectError.from(error));
    }
  };
}

interface Options {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly disableFailover?: boolean;
}

/** In ErrorInfo a hop reads `bedrock/us-east-1/model: REASON`. */
function refused(error: ConnectError): Got {
  const [info] = error.findDetails(ErrorInfoSchema);
  const hops = Object.entries(info?.metadata ?? {})
    .filter(([name]) => name.startsWith("hop."))
    .sort(([a], [b]) => Number(a.slice(4)) - Number(b.slice(4)))
    .map(([, line]) => line.replace(/^[^/]+\/([^/]+)\/.*: /, "$1 "));
  const outcome = [Code[error.code], info?.reason].filter(Boolean).join(" ");
  const [retry] = error.findDetails(RetryInfoSchema);
  const retryAfterMs = retry?.retryDelay && durationMs(retry.retryDelay);
  return { outcome, hops, told: [], retryAfterMs };
}

/** How often an endpoint was asked again: hops at the same region as the one before. */
export function retriesIn(hops: readonly string[]): number {
  const regions = hops.map((hop) => hop.split(" ")[0]);
  return regions.filter((region, index) => index > 0 && region === regions[index - 1]).length;
}

/** Hops in full, for a message. */
export function inFull({ told }: Got): readonly string[] {
  return told.map(hopWords);
}
