import { create } from "@bufbuild/protobuf";
import {
  type ListKeysRequest,
  type ListKeysResponse,
  ListKeysResponseSchema,
} from "../../../gen/axonflow/gateway/v1/key_pb.ts";
import { GatewayError } from "../../core/error.ts";
import type { KeyRecord } from "../../core/key-store.ts";
import type { LicenseKey } from "../../core/license-keys.ts";
import { violation } from "../violation.ts";
import { configuredView, holds, recordView } from "./license-key-view.ts";

const usualPageSize = 100;
const largestPageSize = 1000;

/**
 * One page of the keys: those of the configuration, then the records, the newest first. A page token names the last key of
 * its page, so that keys which are made meanwhile shift nothing. Throws INVALID_ARGUMENT.
 */
export function keyPage(
  { includeRevoked, pageSize, pageToken }: ListKeysRequest,
  configured: readonly LicenseKey[],
  records: readonly KeyRecord[],
  nowEpochMs: number,
): ListKeysResponse {
  if (pageSize < 0 || pageSize > largestPageSize) {
    const rule = `Must be from 1 to ${largestPageSize}, or 0 for ${usualPageSize}.`;
    throw GatewayError.invalid(violation("page_size", rule));
  }
  const all = [
    ...configured.map((key) => ({ token: `name:${key.name}`, key, isListed: true })),
    ...records.map((record) => ({
      token: `id:${record.id}`,
      record,
      isListed: includeRevoked || holds(record, nowEpochMs),
    })),
  ];
  const last = pageToken === "" ? -1 : all.findIndex(({ token }) => token === pageToken);
  if (pageToken !== "" && last < 0) {
    const rule = "Must be the next_page_token of the page before. Begin again with the first page.";
    throw GatewayError.invalid(violation("page_token", rule));
  }
  const left = all.slice(last + 1).filter(({ isListed }) => isListed);
  const page = left.slice(0, pageSize || usualPageSize);
  return create(ListKeysResponseSchema, {
    keys: page.map((item) =>
      "key" in item ? configuredView(item.key) : recordView(item.record, nowEpochMs),
    ),
    nextPageToken: page.length < left.length ? (page.at(-1)?.token ?? "") : "",
  });
}
