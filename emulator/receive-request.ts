import { Http2ServerRequest } from "node:http2";
import { BedrockException } from "./bedrock-exception.ts";
import type { Incoming, ReceivedRequest } from "./exchange.ts";

/** AWS's request size limit for Claude: 20 MB. */
export const requestBodyLimitBytes = 20 * 1024 * 1024;

/**
 * Reads a whole request. A body over the limit is a ValidationException: it is still read to its
 * end, but not kept, so that the sender gets to read why it was refused.
 */
export async function receiveRequest(incoming: Incoming): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    receivedBytes += chunk.length;
    if (receivedBytes <= requestBodyLimitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (receivedBytes > requestBodyLimitBytes) {
    throw new BedrockException("ValidationException", {
      message: "Input is too long for requested model.",
    });
  }
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers: plainHeaders(incoming.headers),
    body: Buffer.concat(chunks),
    httpVersion: incoming instanceof Http2ServerRequest ? "2" : "1.1",
    remoteAddress: incoming.socket.remoteAddress ?? "",
  };
}

function plainHeaders(headers: Incoming["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}
