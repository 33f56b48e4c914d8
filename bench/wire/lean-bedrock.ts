import { createHmac, hash } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";
import { model } from "../answers.ts";

/** Asks the stand-in as plainly as Node's own HTTP client can: kept connections, one signature, nothing else. */
export interface LeanBedrock {
  ask(body: string, operation: Operation, onAnswer: (answer: IncomingMessage) => void): void;
}

/** The last segment of the path. */
export type Operation = "invoke" | "invoke-with-response-stream";

/** A client for one port on loopback; a failed request throws out of the event loop and ends the process. */
export function createLeanBedrock(port: number): LeanBedrock {
  const agent = new Agent({ keepAlive: true, maxSockets: 4096 });
  const host = `127.0.0.1:${port}`;
  return {
    ask(body, operation, onAnswer) {
      const path = `/model/${encodeURIComponent(model)}/${operation}`;
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...signed(path, host, body),
      };
      request({ agent, host: "127.0.0.1", port, method: "POST", path, headers }, onAnswer).end(
        body,
      );
    },
  };
}

const scope = "20260101/us-east-1/bedrock/aws4_request";
const signingKey = ["20260101", "us-east-1", "bedrock", "aws4_request"].reduce<Buffer>(
  (key, part) => createHmac("sha256", key).update(part).digest(),
  Buffer.from("AWS4secret"),
);

/** Signature version 4 with the day's key at hand; the date stands still, for nobody checks it. */
function signed(path: string, host: string, body: string) {
  const date = "20260101T000000Z";
  const bodyHash = hash("sha256", body);
  const names = "content-type;host;x-amz-content-sha256;x-amz-date";
  const canonical = `POST\n${path.replaceAll("%", "%25")}\n\ncontent-type:application/json\nhost:${host}\nx-amz-content-sha256:${bodyHash}\nx-amz-date:${date}\n\n${names}\n${bodyHash}`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash("sha256", canonical)}`;
  const signature = createHmac("sha256", signingKey).update(text).digest("hex");
  return {
    host,
    "x-amz-date": date,
    "x-amz-content-sha256": bodyHash,
    authorization: `AWS4-HMAC-SHA256 Credential=x/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
