import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import {
  endStreamFlag,
  endStreamFromJson,
  endStreamToJson,
  errorFromJsonBytes,
  errorToJsonBytes,
} from "@connectrpc/connect/protocol-connect";
import { findTrailerError, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { trailerFlag, trailerParse, trailerSerialize } from "@connectrpc/connect/protocol-grpc-web";
import { fromLibrary, httpStatusOf, toConnectError } from "../errors.ts";
import type { HelpLinks } from "../help-links.ts";

/**
 * connect-es parses a message before its interceptors run, so an error for one that cannot be parsed comes out bare. Here
 * it gets the details that all errors have, in each protocol's own place for them; every other response passes as it is.
 */
export async function explainRefusal(
  response: UniversalServerResponse,
  requestId: string,
  limitBytes: number,
  helpLinks?: HelpLinks,
): Promise<UniversalServerResponse> {
  const type = response.header?.get("content-type") ?? "";
  const explain = (error: ConnectError | undefined) =>
    error && error.details.length === 0
      ? toConnectError(refusalOf(error, limitBytes), requestId, helpLinks)
      : error;
  if (type.startsWith("application/grpc-web")) return explainGrpcWeb(response, explain);
  if (type.startsWith("application/grpc")) return explainGrpc(response, explain);
  if (type.startsWith("application/connect+")) return explainStream(response, explain);
  if (response.status < 400 || type !== "application/json") return response;
  return explainUnary(response, explain);
}

type Explain = (error: ConnectError | undefined) => ConnectError | undefined;

/** Nothing of ours has run yet: whatever connect-es calls internal or unknown, it is about what was sent. */
function refusalOf({ code, rawMessage }: ConnectError, limitBytes: number) {
  const isAboutBytes = [Code.Internal, Code.Unknown, Code.DataLoss, Code.OutOfRange].includes(code);
  return fromLibrary(isAboutBytes ? Code.InvalidArgument : code, rawMessage, limitBytes);
}

async function explainUnary(response: UniversalServerResponse, explain: Explain) {
  const sent = await bytesOf(response);
  const bytes = decompressed(sent, response.header?.get("content-encoding"));
  const bare = errorFromJsonBytes(bytes, undefined, new ConnectError("", Code.Unknown));
  const error = explain(bare);
  if (!error || error === bare) return { ...response, body: once(sent) };
  const explained = errorToJsonBytes(error, undefined);
  const header = new Headers(response.header);
  header.delete("content-encoding");
  header.set("content-length", String(explained.length));
  return { status: httpStatusOf[error.code], header, body: once(explained) };
}

async function explainGrpc(response: UniversalServerResponse, explain: Explain) {
  const body = await bytesOf(response);
  const trailer = new Headers(response.trailer);
  const error = explain(findTrailerError(trailer));
  return {
    ...response,
    body: once(body),
    trailer: error ? setTrailerStatus(trailer, error) : trailer,
  };
}

/** The trailer is the last envelope of the body, and the first where there is no message. */
async function explainGrpcWeb(response: UniversalServerResponse, explain: Explain) {
  return explainLast(response, trailerFlag, "grpc-encoding", (bytes) => {
    const trailer = trailerParse(bytes);
    const error = explain(findTrailerError(trailer));
    return trailerSerialize(error ? setTrailerStatus(trailer, error) : trailer);
  });
}

async function explainStream(response: UniversalServerResponse, explain: Explain) {
  return explainLast(response, endStreamFlag, "connect-content-encoding", (bytes) => {
    const { metadata, error } = endStreamFromJson(bytes);
    return Buffer.from(JSON.stringify(endStreamToJson(metadata, explain(error), undefined)));
  });
}

/** Flags and length. */
const headBytes = 5;
const compressedFlag = 1;

/** Rewrites the only envelope of a body, where it is the one that ends a stream. */
async function explainLast(
  response: UniversalServerResponse,
  flag: number,
  encodingHeader: string,
  rewrite: (bytes: Buffer) => Uint8Array,
) {
  const sent = await bytesOf(response);
  const flags = sent[0] ?? 0;
  if ((flags & flag) === 0) return { ...response, body: once(sent) };
  const isCompressed = (flags & compressedFlag) !== 0;
  const encoding = isCompressed ? response.header?.get(encodingHeader) : undefined;
  const message = rewrite(decompressed(sent.subarray(headBytes), encoding));
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(flag);
  head.writeUInt32BE(message.length, 1);
  return { ...response, body: once(Buffer.concat([head, message])) };
}

async function bytesOf({ body }: UniversalServerResponse): Promise<Buffer> {
  return body ? Buffer.concat(await Array.fromAsync(body)) : Buffer.alloc(0);
}

/** connect-es compresses an error of a kilobyte or more, if the caller can read that. */
function decompressed(bytes: Buffer, encoding: string | null | undefined): Buffer {
  if (encoding === "gzip") return gunzipSync(bytes);
  return encoding === "br" ? brotliDecompressSync(bytes) : bytes;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}
