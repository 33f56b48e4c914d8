import { GatewayError } from "../core/error.ts";

/** The header, or metadata, by which a caller says that it repeats a request. */
export const idempotencyKeyHeader = "idempotency-key";

/** The header of an answer that was joined or repeated; its value is `true`. */
export const replayedHeader = "idempotency-replayed";

/** Gives a key back as it came; throws INVALID_ARGUMENT for one that nobody could send twice the same way. */
export function checkIdempotencyKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw GatewayError.invalid({
    field: idempotencyKeyHeader,
    description: "Must be 1 to 255 printable ASCII characters, for example a UUID.",
  });
}
