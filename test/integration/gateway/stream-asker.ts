import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  type Completed,
  type CompleteRequestSchema,
  CompletionService,
  type Hop,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import type { TestGateway } from "./gateway.ts";

/** Everything that a caller sees of one stream, however it ends. */
export interface SeenStream {
  readonly text: string;
  /** `hop` events. */
  readonly lost: readonly Hop[];
  /** How much of the text was there before the first of them, in characters. */
  readonly textBeforeLoss: number;
  readonly completed?: Completed;
  /** `UNAVAILABLE STREAM_INTERRUPTED`. */
  readonly error?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A request; what is left out is empty. */
export type Question = MessageInitShape<typeof CompleteRequestSchema>;

/** Asks over gRPC and keeps every event. */
export function createStreamAsker({ grpcUrl, licenseKey }: TestGateway) {
  const authorize: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${licenseKey}`);
    return next(request);
  };
  const transport = createGrpcTransport({ baseUrl: grpcUrl, interceptors: [authorize] });
  const client = createClient(CompletionService, transport);
  return async (question: Question, timeoutMs = 20_000): Promise<SeenStream> => {
    let text = "";
    let textBeforeLoss = 0;
    let completed: Completed | undefined;
    const lost: Hop[] = [];
    const seen = () => ({ text, lost, textBeforeLoss, metadata: {} });
    try {
      for await (const { event } of client.completeStream(question, { timeoutMs })) {
        if (event.case === "delta" && event.value.piece.case === "text") {
          text += event.value.piece.value;
        }
        if (event.case === "hop") {
          if (lost.length === 0) textBeforeLoss = text.length;
          lost.push(event.value);
        }
        // Read on: a loop that is left early does not end the call.
        if (event.case === "completed") completed = event.value;
      }
      if (completed) return { ...seen(), completed };
    } catch (thrown) {
      const error = ConnectError.from(thrown);
      const [info] = error.findDetails(ErrorInfoSchema);
      const words = `${Code[error.code]} ${info?.reason}`;
      return { ...seen(), error: words, metadata: info?.metadata ?? {} };
    }
    throw new Error("the stream ended without a summary and without an error");
  };
}
