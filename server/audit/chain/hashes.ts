import { sha256 } from "../../core/sha256.ts";

/** Length of a SHA-256, in bytes. */
export const hashBytes = 32;

/** In the place of a hash where there is nothing before. */
export const noHash = Buffer.alloc(hashBytes);

/** The hash of a leaf (RFC 6962, section 2.1): what a record is known by, in the chain and in the tree. */
export function leafHash(record: Uint8Array): Buffer {
  return prefixed(0x00, record);
}

/** The hash of an inner node of the tree (RFC 6962, section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + 2 * hashBytes);
  bytes[0] = 0x01;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashBytes);
  return sha256(bytes);
}

/** What a head is known by. */
export function headHash(head: Uint8Array): Buffer {
  return prefixed(0x02, head);
}

/** What a summary of a shredded segment is known by. */
export function summaryHash(summary: Uint8Array): Buffer {
  return prefixed(0x03, summary);
}

/** No bytes of one kind can be taken for those of another. */
function prefixed(prefix: number, content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + content.length);
  bytes[0] = prefix;
  bytes.set(content, 1);
  return sha256(bytes);
}
