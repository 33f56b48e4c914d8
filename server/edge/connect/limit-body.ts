import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import { toConnectError, tooLarge } from "../errors.ts";

/** gRPC and Connect streams put five bytes before each message. */
const envelopeBytes = 5;

/** The same request with a body that ends in a typed error when it grows past the limit, instead of being read on. */
export function limitBody(
  request: UniversalServerRequest,
  limitBytes: number,
  requestId: string,
): UniversalServerRequest {
  const announced = Number(request.header.get("content-length") ?? 0);
  const body = limited(
    request.body as AsyncIterable<Uint8Array>,
    announced,
    limitBytes + envelopeBytes,
    () => toConnectError(tooLarge(limitBytes), requestId),
  );
  return { ...request, body };
}

async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  announcedBytes: number,
  limitBytes: number,
  error: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (announcedBytes > limitBytes) throw error();
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw error();
    yield chunk;
  }
}
