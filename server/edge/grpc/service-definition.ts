import {
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import type { ServiceDefinition } from "@grpc/grpc-js";
import {
  type CompleteStreamResponse,
  CompleteStreamResponseSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { malformedRequest } from "../errors.ts";
import { encodeTextDelta } from "./encode-delta.ts";

/** What a handler receives: the message, or why there is none. grpc-js would answer INTERNAL for a throw here. */
export type Received = { readonly message: Message } | { readonly error: Error };

/** A service of the contract in the form that grpc-js registers, with protobuf-es doing the encoding. */
export function serviceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [method.name, methodDefinition(method)]),
  );
}

function methodDefinition(method: DescMethod) {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: method.methodKind === "server_streaming",
    requestSerialize: (message: Message) => Buffer.from(toBinary(method.input, message)),
    requestDeserialize: (bytes: Buffer): Received => {
      try {
        return { message: fromBinary(method.input, bytes) };
      } catch {
        return { error: malformedRequest(`The message is not a ${method.input.typeName}.`) };
      }
    },
    responseSerialize: serializerOf(method.output),
    responseDeserialize: (bytes: Buffer) => fromBinary(method.output, bytes),
  };
}

function serializerOf(output: DescMessage): (message: Message) => Buffer {
  const general = (message: Message) => {
    const bytes = toBinary(output, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  if (output !== CompleteStreamResponseSchema) return general;
  return (message) => encodeTextDelta(message as CompleteStreamResponse) ?? general(message);
}
