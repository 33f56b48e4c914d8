import { isIP } from "node:net";
import type { ReceivedRequest } from "../../exchange.ts";

/** What a request to S3 is about. */
export interface S3Address {
  readonly method: string;
  readonly bucket: string;
  /** Decoded; empty for requests about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Endings of host names in front of which a bucket may stand. */
const hosts = /^(?:(.+)\.)?(?:s3[.-][a-z0-9.-]*amazonaws\.com|localhost)$/;

/** Reads a path-style or a virtual-hosted-style address; IP addresses have no buckets in front. */
export function readS3Address(request: ReceivedRequest): S3Address {
  const [path = "/", query = ""] = request.path.split("?", 2);
  const host = (request.headers.host ?? request.headers[":authority"] ?? "").replace(/:\d+$/, "");
  const virtual = isIP(host) ? undefined : hosts.exec(host)?.[1];
  const segments = path.slice(1).split("/");
  const bucket = virtual ?? segments[0] ?? "";
  const rest = virtual === undefined ? segments.slice(1) : segments;
  return {
    method: request.method,
    bucket,
    key: decodeURIComponent(rest.join("/")),
    query: new URLSearchParams(query),
  };
}
