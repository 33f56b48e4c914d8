import type { UniversalServerRequest } from "@connectrpc/connect/protocol";

/** An empty message in JSON; in Protobuf it has no bytes. */
const emptyJson = Buffer.from("{}");

/** Unary messages of the Connect protocol stand alone; all others come in an envelope of flags and length. */
const bareTypes = /^application\/(?:json|proto)\b/;

const encodings = [
  "content-encoding",
  "connect-content-encoding",
  "grpc-encoding",
  "content-length",
];

/** The same request with an empty message in place of its body, which stays unread. */
export function unreadBody(request: UniversalServerRequest): UniversalServerRequest {
  const header = new Headers(request.header);
  for (const name of encodings) header.delete(name);
  return { ...request, header, body: emptyMessage(header.get("content-type") ?? "") };
}

async function* emptyMessage(contentType: string): AsyncGenerator<Uint8Array, void, undefined> {
  const message = contentType.includes("json") ? emptyJson : Buffer.alloc(0);
  yield bareTypes.test(contentType) ? message : enveloped(message);
}

function enveloped(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
