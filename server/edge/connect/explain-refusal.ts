import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { errorFromJsonBytes, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { fromLibrary, toConnectError } from "../errors.ts";

/**
 * connect-es parses a unary message before its interceptors run, so an error for one that cannot be parsed comes out
 * bare. Here it gets the details that all errors have; every other response passes as it is.
 */
export async function explainRefusal(
  response: UniversalServerResponse,
  requestId: string,
  limitBytes: number,
): Promise<UniversalServerResponse> {
  const isJson = response.header?.get("content-type") === "application/json";
  if (response.status < 400 || !isJson || !response.body) return response;
  const sent = Buffer.concat(await Array.fromAsync(response.body));
  const bytes = decompressed(sent, response.header?.get("content-encoding"));
  const unknown = new ConnectError("", Code.Unknown);
  const error = errorFromJsonBytes(bytes, undefined, unknown);
  if (error.details.length > 0) return { ...response, body: once(sent) };
  const withDetails = toConnectError(
    fromLibrary(error.code, error.rawMessage, limitBytes),
    requestId,
  );
  const explained = errorToJsonBytes(withDetails, undefined);
  const header = new Headers(response.header);
  header.delete("content-encoding");
  header.set("content-length", String(explained.length));
  return { ...response, header, body: once(explained) };
}

/** connect-es compresses an error of a kilobyte or more, if the caller can read that. */
function decompressed(bytes: Buffer, encoding: string | null | undefined): Buffer {
  if (encoding === "gzip") return gunzipSync(bytes);
  return encoding === "br" ? brotliDecompressSync(bytes) : bytes;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
