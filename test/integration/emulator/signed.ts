import { sha256, signRequest } from "../../../emulator/signature.ts";

/** Sends a request signed by hand, so that a test sees the answer's bytes as they are. */
export async function sendSigned(url: string, method: string, path: string, json?: object) {
  const body = Buffer.from(json === undefined ? "" : JSON.stringify(json));
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const headers = {
    host: new URL(url).host,
    "x-amz-content-sha256": sha256(body),
    "x-amz-date": date,
  };
  const signedHeaders = Object.keys(headers);
  const scope = { day: date.slice(0, 8), region: "us-east-1", service: "bedrock", signedHeaders };
  const signature = signRequest({ method, path, headers, body }, scope, "emulator");
  const credential = `emulator/${scope.day}/us-east-1/bedrock/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  const reply = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, authorization },
    ...(json && { body }),
  });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}
