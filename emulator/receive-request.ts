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
  const body = await receiveBody(incoming);
  if (!body) {
    throw new BedrockException("ValidationException", {
      message: "Input is too long for requested model.",
    });
  }
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers: plainHeaders(incoming.headers),
    body,
    httpVersion: incoming instanceof Http2ServerRequest ? "2" : "1.1",
    remoteAddress: incoming.socket.remoteAddress ?? "",
  };
}

/** Resolves with `undefined` when there was too much; rejects when the sender breaks off. */
function receiveBody(incoming: Incoming): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  return new Promise((resolve, reject) => {
    incoming.on("data", (chunk: Buffer) => {
      receivedBytes += chunk.length;
      if (receivedBytes <= requestBodyLimitBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    incoming.once("end", () => {
      const [first = Buffer.alloc(0), ...others] = chunks;
      const body = others.length === 0 ? first : Buffer.concat(chunks);
      resolve(receivedBytes > requestBodyLimitBytes ? undefined : body);
    });
    incoming.once("error", reject);
    incoming.once("close", () => {
      if (!incoming.readableEnded) reject(new Error("The sender broke off"));
    });
  });
}

function plainHeaders(headers: Incoming["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}
