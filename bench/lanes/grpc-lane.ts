import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CompleteRequestSchema,
  CompleteResponseSchema,
  CompleteStreamResponseSchema,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { model, prompt } from "../answers.ts";
import { createEnvelopeReader, encodeEnvelope } from "../wire/envelope.ts";
import { type Lane, licenseKey } from "./lane.ts";

const service = "/axonflow.gateway.v1.CompletionService";
/** gRPC over cleartext HTTP/2 by hand, its calls spread over a few connections. */
export function createGrpcLane(
  port: number,
  connections: number,
  target: { readonly model: string; readonly provider?: string } = { model },
): Lane {
  const request = create(CompleteRequestSchema, { prompt, ...target });
  const requestBytes = encodeEnvelope(toBinary(CompleteRequestSchema, request));
  const sessions = Array.from({ length: connections }, () => connect(`http://127.0.0.1:${port}`));
  let turn = 0;
  const call = (method: string, onMessage: (message: Buffer) => void) => {
    turn = (turn + 1) % sessions.length;
    return callOnce(sessions[turn] as ClientHttp2Session, method, requestBytes, onMessage);
  };
  return {
    async complete() {
      let text = "";
      await call("Complete", (message) => {
        text += fromBinary(CompleteResponseSchema, message).content;
      });
      return text;
    },
    async stream(onToken) {
      let outputTokens = -1;
      await call("CompleteStream", (message) => {
        const { event } = fromBinary(CompleteStreamResponseSchema, message);
        if (event.case === "delta") onToken(event.value.piece.value as string);
        if (event.case === "completed") outputTokens = event.value.usage?.outputTokens ?? -1;
      });
      return outputTokens;
    },
    close: () => {
      for (const session of sessions) session.destroy();
    },
  };
}

/** Resolves when the call has ended with status 0. */
function callOnce(
  session: ClientHttp2Session,
  method: string,
  requestBytes: Buffer,
  onMessage: (message: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": `${service}/${method}`,
      "content-type": "application/grpc+proto",
      te: "trailers",
      authorization: `Bearer ${licenseKey}`,
    });
    const status = watchStatus(stream);
    const read = createEnvelopeReader(onMessage);
    stream.on("data", (bytes: Buffer) => {
      try {
        read(bytes);
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
    stream.once("error", reject);
    stream.once("close", () => {
      if (status.code === "0") resolve();
      else reject(new Error(`${method}: status ${status.code} ${status.message}`));
    });
    stream.end(requestBytes);
  });
}

/** The status comes in the trailers, or in the headers when there is nothing else. */
function watchStatus(stream: ClientHttp2Stream) {
  const status = { code: "none", message: "" };
  const note = (headers: IncomingHttpHeaders) => {
    const { "grpc-status": code, "grpc-message": message } = headers;
    if (code === undefined) return;
    status.code = String(code);
    status.message = String(message ?? "");
  };
  stream.once("response", note);
  stream.once("trailers", note);
  return status;
}
