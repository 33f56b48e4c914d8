import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { createClient, type Transport } from "@connectrpc/connect";
import { AdminService } from "../../gen/axonflow/gateway/v1/admin_pb.ts";
import {
  CreateKeyRequestSchema,
  type CreateKeyResponse,
  type LicenseKey,
  type RevokeKeyResponse,
  type RotateKeyResponse,
} from "../../gen/axonflow/gateway/v1/key_pb.ts";
import type { CallOnce } from "./admin-client.ts";
import { allPages } from "./all-pages.ts";
import type { CallOptions } from "./call-options.ts";

/** A new key: its name, and what its calls may do and spend. */
export type NewKey = MessageInitShape<typeof CreateKeyRequestSchema>;

/** Which keys are listed. */
export interface KeyFilter {
  /** Those that do not hold any more, too. */
  readonly includeRevoked?: boolean | undefined;
}

/** How a key is rotated. */
export interface Rotation {
  /** How long the old secret still holds, in milliseconds; at most 30 days. Default: not at all. */
  readonly gracePeriodMs?: number | undefined;
}

/**
 * Licence keys that the gateway keeps as records; needs a licence key that the gateway's AXONFLOW_ADMIN_KEYS names. A secret
 * is in the answer that makes it and nowhere else.
 */
export interface KeysClient {
  create(key: NewKey, options?: CallOptions): Promise<CreateKeyResponse>;
  /** The keys of the configuration, then the records, the newest first. */
  list(filter?: KeyFilter, options?: CallOptions): AsyncIterable<LicenseKey>;
  /**
   * Ends one key by its id, or every key of a name: the gateway that answers refuses it at once, others of the same store
   * within seconds.
   */
  revoke(key: string, options?: CallOptions): Promise<RevokeKeyResponse>;
  /** Puts a key with a new secret in the place of one, which an id or a name means; of several the newest. */
  rotate(key: string, rotation?: Rotation, options?: CallOptions): Promise<RotateKeyResponse>;
}

export function createKeysClient(transport: Transport, callOnce: CallOnce): KeysClient {
  const admin = createClient(AdminService, transport);
  return {
    create(key, options) {
      const request = create(CreateKeyRequestSchema, key);
      return callOnce((sent) => admin.createKey(request, sent), options);
    },
    list: ({ includeRevoked = false } = {}, options) =>
      allPages(async (pageToken) => {
        const request = { includeRevoked, pageToken };
        const { keys, nextPageToken } = await callOnce(
          (sent) => admin.listKeys(request, sent),
          options,
        );
        return { items: keys, nextPageToken };
      }),
    revoke: (key, options) => callOnce((sent) => admin.revokeKey({ key }, sent), options),
    async rotate(key, { gracePeriodMs } = {}, options) {
      checkGracePeriod(gracePeriodMs);
      const gracePeriod =
        gracePeriodMs === undefined ? {} : { gracePeriod: durationFromMs(gracePeriodMs) };
      return callOnce((sent) => admin.rotateKey({ key, ...gracePeriod }, sent), options);
    },
  };
}

/** Whether a time is too long is the gateway's to say. */
function checkGracePeriod(gracePeriodMs: number | undefined): void {
  if (gracePeriodMs === undefined) return;
  if (Number.isSafeInteger(gracePeriodMs) && gracePeriodMs >= 0) return;
  throw new RangeError("gracePeriodMs must be a whole number from 0.");
}
