import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type CallOptions as ConnectCallOptions,
  createClient,
  type Transport,
} from "@connectrpc/connect";
import {
  type AuditEntry,
  AuditService,
  type ExportAuditLogRequestSchema,
  type GetAuditEntryResponse,
  type GetInclusionProofResponse,
  ListAuditEntriesRequestSchema,
  type PruneAuditLogResponse,
  type VerifyAuditLogResponse,
} from "../../gen/axonflow/gateway/v1/audit_pb.ts";
import type { CallOnce } from "./admin-client.ts";
import { allPages } from "./all-pages.ts";
import type { CallOptions } from "./call-options.ts";

/** Which entries are listed; what is left out is the last 24 hours, whatever happened in them. */
export type EntryFilter = Omit<
  MessageInitShape<typeof ListAuditEntriesRequestSchema>,
  "$typeName" | "$unknown" | "pageToken"
>;

/** Where an entry stands. */
export interface EntryPosition {
  /** The chain's UUID. */
  readonly chain: string;
  /** From 1 within the chain. */
  readonly sequence: bigint | number;
}

/** Which part of the log is copied: the segments that lie in this time, at least in part. */
export type ExportRange = MessageInitShape<typeof ExportAuditLogRequestSchema>;

/**
 * The audit log for those who examine it; needs a licence key that the gateway's AXONFLOW_AUDIT_READERS or
 * AXONFLOW_ADMIN_KEYS names. Each call is an entry of the log itself.
 */
export interface AuditClient {
  /** The newest first, page after page; options hold for each page's call. What cannot be read says why. */
  list(filter?: EntryFilter, options?: CallOptions): AsyncIterable<AuditEntry>;
  /** One entry; texts of prompts and answers are in its `json` only where they are asked for, and kept at all. */
  get(
    position: EntryPosition,
    options?: CallOptions & { readonly includeTexts?: boolean | undefined },
  ): Promise<GetAuditEntryResponse>;
  /** What shows that an entry is in the log; on Node `verifyInclusionProof` checks it without the gateway. */
  prove(position: EntryPosition, options?: CallOptions): Promise<GetInclusionProofResponse>;
  /** Looks at all of the log; about a second for each hundred thousand records. */
  verify(options?: CallOptions): Promise<VerifyAuditLogResponse>;
  /** A copy that `axonflow audit verify` checks by itself: UTF-8, some whole lines at a time. */
  export(range?: ExportRange, options?: CallOptions): AsyncIterable<Uint8Array>;
  /** Takes out what is past its retention, or only tells what it would be; for admins alone. */
  prune(
    options?: CallOptions & { readonly dryRun?: boolean | undefined },
  ): Promise<PruneAuditLogResponse>;
}

/** Reads one stream of answers; every failure is a `GatewayCallError`. Leaving it early cancels the call. */
export type CallStream = <T>(
  send: (options: ConnectCallOptions) => AsyncIterable<T>,
  options: CallOptions | undefined,
) => AsyncIterable<T>;

export function createAuditClient(
  transport: Transport,
  callOnce: CallOnce,
  callStream: CallStream,
): AuditClient {
  const audit = createClient(AuditService, transport);
  return {
    list: (filter = {}, options) =>
      allPages(async (pageToken) => {
        const request = create(ListAuditEntriesRequestSchema, { ...filter, pageToken });
        const page = await callOnce((sent) => audit.listAuditEntries(request, sent), options);
        return { items: page.entries, nextPageToken: page.nextPageToken };
      }),
    get(position, { includeTexts = false, ...options } = {}) {
      const request = { position: positionOf(position), includeTexts };
      return callOnce((sent) => audit.getAuditEntry(request, sent), options);
    },
    prove(position, options) {
      const request = { position: positionOf(position) };
      return callOnce((sent) => audit.getInclusionProof(request, sent), options);
    },
    verify: (options) => callOnce((sent) => audit.verifyAuditLog({}, sent), options),
    async *export(range = {}, options) {
      const pieces = callStream((sent) => audit.exportAuditLog(range, sent), options);
      for await (const { lines } of pieces) yield lines;
    },
    prune: ({ dryRun = false, ...options } = {}) =>
      callOnce((sent) => audit.pruneAuditLog({ dryRun }, sent), options),
  };
}

function positionOf({ chain, sequence }: EntryPosition) {
  return { chain, sequence: BigInt(sequence) };
}
