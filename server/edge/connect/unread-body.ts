import type { UniversalServerRequest } from "@connectrpc/connect/protocol";

/** An empty message in an envelope: no flags, no bytes. */
const emptyEnvelope = new Uint8Array(5);

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
  if (contentType.startsWith("application/json")) yield new TextEncoder().encode("{}");
  else if (!contentType.startsWith("application/proto")) yield emptyEnvelope;
}
