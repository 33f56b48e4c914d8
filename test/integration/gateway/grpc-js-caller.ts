import {
  create,
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import {
  CompleteRequestSchema,
  CompleteResponseSchema,
  CompleteStreamResponseSchema,
  CompletionService,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";

/** A caller as most services on Node are one: grpc-js, with one channel, which is one connection at a time. */
export interface GrpcJsCaller {
  /** The text of a whole answer. */
  complete(prompt: string): Promise<string>;
  /** The text of a stream, when it has ended with its summary. */
  stream(prompt: string): Promise<string>;
  close(): void;
}

/** Asks as grpc-js does it by itself: a call that it has not sent when its connection ends goes over another one. */
export function createGrpcJsCaller(url: string, licenseKey: string): GrpcJsCaller {
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    // A connection of its own for each caller, not one for all of this process.
    "grpc.use_local_subchannel_pool": 1,
  });
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${licenseKey}`);
  const path = (method: string) => `/${CompletionService.typeName}/${method}`;
  const write = (request: MessageShape<typeof CompleteRequestSchema>) =>
    Buffer.from(toBinary(CompleteRequestSchema, request));
  const ask = (prompt: string) => create(CompleteRequestSchema, { prompt });
  return {
    complete: (prompt) =>
      new Promise((resolve, reject) => {
        const answered = (
          error: ServiceError | null,
          answer?: MessageShape<typeof CompleteResponseSchema>,
        ) => (error || !answer ? reject(error) : resolve(answer.content));
        client.makeUnaryRequest(
          path("Complete"),
          write,
          reader(CompleteResponseSchema),
          ask(prompt),
          metadata,
          answered,
        );
      }),
    async stream(prompt) {
      const events = client.makeServerStreamRequest(
        path("CompleteStream"),
        write,
        reader(CompleteStreamResponseSchema),
        ask(prompt),
        metadata,
      );
      let text = "";
      let isWhole = false;
      for await (const { event } of events) {
        if (event.case === "delta" && event.value.piece.case === "text")
          text += event.value.piece.value;
        if (event.case === "completed") isWhole = true;
      }
      if (!isWhole) throw new Error("the stream ended without a summary and without an error");
      return text;
    },
    close: () => client.close(),
  };
}

function reader<D extends DescMessage>(schema: D) {
  return (bytes: Buffer): MessageShape<D> => fromBinary(schema, bytes);
}
