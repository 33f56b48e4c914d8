import { sha256 } from "../../core/sha256.ts";
import { decodeHeader, headerBytes, saltBytes } from "./record.ts";

/**
 * What a record that is not encrypted says; undefined where its body is not the one that the header is about, or none that
 * anybody can read.
 */
export function plainContent(bytes: Buffer): Record<string, unknown> | undefined {
  const body = bytes.subarray(headerBytes);
  if (!decodeHeader(bytes)?.bodySha256.equals(sha256(body))) return undefined;
  try {
    const content = JSON.parse(body.toString("utf8", saltBytes));
    return typeof content === "object" && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}
