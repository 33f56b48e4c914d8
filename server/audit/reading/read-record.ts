import type { ReadRecord } from "../../core/audit-reading.ts";
import type { StoredRecord } from "../../core/audit-store.ts";
import { sha256 } from "../../core/sha256.ts";
import { openBody } from "../chain/body-cipher.ts";
import { leafHash } from "../chain/hashes.ts";
import { decodeHeader, headerBytes, saltBytes } from "../chain/record.ts";
import { recordKindOf } from "../chain/record-kinds.ts";
import type { DataKeys, ReadingKey } from "./data-keys.ts";

/** A record with what it says, as far as it can be read. Never rejects for what stands in it. */
export async function readRecord(row: StoredRecord, keys: DataKeys): Promise<ReadRecord> {
  const { writer, sequence, segment, epochMs, requestId, bytes } = row;
  const header = decodeHeader(bytes);
  const keyNumber = header?.keyNumber ?? 0;
  const key = keyNumber > 0 ? (await keys.of(writer, segment)).get(keyNumber) : undefined;
  const opened = keyNumber > 0 ? decrypted(row, key) : { body: bytes.subarray(headerBytes) };
  const isRight = "body" in opened && header?.bodySha256.equals(sha256(opened.body));
  const content = isRight ? contentOf(opened.body) : undefined;
  const problem = "problem" in opened ? opened.problem : "It is not as it was written.";
  return {
    position: { writer, sequence, epochMs },
    segment,
    kind: recordKindOf(row.kind) ?? "unknown",
    requestId,
    tenant: key?.tenant,
    keyNumber,
    content,
    unreadable: content ? "" : problem,
    bytes,
    leafHash: leafHash(bytes),
  };
}

function decrypted(
  { bytes, sequence }: StoredRecord,
  key: ReadingKey | undefined,
): { readonly body: Buffer } | { readonly problem: string } {
  if (!key) return { problem: "Its data key is not there any more." };
  if ("problem" in key) return { problem: key.problem };
  const body = openBody(key.key, sequence, bytes);
  return body ? { body } : { problem: "It is not as it was written." };
}

function contentOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body.toString("utf8", saltBytes));
  } catch {
    return undefined;
  }
}
