import { hash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import {
  type CompleteRequest,
  CompleteRequestSchema,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/**
 * What tells one request from another: the SHA-256 of its Protobuf bytes, with maps and JSON objects in the order of their
 * keys, because languages such as Go write the same map in another order each time.
 */
export function fingerprintOf(request: CompleteRequest): string {
  return hash("sha256", toBinary(CompleteRequestSchema, inOrder(request)), "base64url");
}

function inOrder<T>(value: T): T {
  return ordered(value) as T;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, ordered(member)]));
}
