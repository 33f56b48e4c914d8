import { toBinary } from "@bufbuild/protobuf";
import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import {
  type CompleteRequest,
  CompleteRequestSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../core/error.ts";
import { toConnectError, tooLarge } from "../errors.ts";
import type { HelpLinks } from "../help-links.ts";
import { type HttpRequest, headerOf } from "../http/exchange.ts";
import { limitChunks } from "../http/limit-chunks.ts";

/** gRPC and Connect streams put five bytes before each message. */
const envelopeBytes = 5;

/** Throws when a request announces a body above the limit. */
export function refuseLongBody(request: HttpRequest, limitBytes: number): void {
  const announced = Number(headerOf(request, "content-length") ?? 0);
  if (announced > limitBytes + envelopeBytes) throw tooLarge(limitBytes);
}

/** The same request with a body that ends in a typed error when it grows past the limit, instead of being kept. */
export function limitBody(
  request: UniversalServerRequest,
  limitBytes: number,
  requestId: string,
  helpLinks?: HelpLinks,
): UniversalServerRequest {
  const explain = (error: GatewayError) => toConnectError(error, requestId, helpLinks);
  const chunks = untilGone(request.body as AsyncIterable<Uint8Array>, () =>
    explain(GatewayError.cancelled()),
  );
  const error = () => explain(tooLarge(limitBytes));
  return { ...request, body: limitChunks(chunks, limitBytes + envelopeBytes, error) };
}

/** What breaks off in the midst of a body is the connection. */
async function* untilGone(
  chunks: AsyncIterable<Uint8Array>,
  gone: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch {
    throw gone();
  }
}

const encodingHeaders = ["content-encoding", "connect-content-encoding", "grpc-encoding"];

/** Throws when a message that came compressed is above the limit now that it is not; the others were measured before. */
export function refuseInflated(
  request: CompleteRequest,
  header: Headers,
  limitBytes: number,
): void {
  const isCompressed = encodingHeaders.some(
    (name) => (header.get(name) ?? "identity") !== "identity",
  );
  if (isCompressed && toBinary(CompleteRequestSchema, request).length > limitBytes) {
    throw tooLarge(limitBytes);
  }
}
