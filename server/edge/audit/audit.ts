import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import {
  AuditProblemSchema,
  AuditSignerSchema,
  type ExportAuditLogRequest,
  type ExportAuditLogResponse,
  ExportAuditLogResponseSchema,
  type GetAuditEntryRequest,
  type GetAuditEntryResponse,
  GetAuditEntryResponseSchema,
  type GetInclusionProofRequest,
  type GetInclusionProofResponse,
  GetInclusionProofResponseSchema,
  type ListAuditEntriesRequest,
  type ListAuditEntriesResponse,
  ListAuditEntriesResponseSchema,
  type PruneAuditLogRequest,
  type PruneAuditLogResponse,
  PruneAuditLogResponseSchema,
  PrunedSegmentSchema,
  type VerifyAuditLogRequest,
  type VerifyAuditLogResponse,
  VerifyAuditLogResponseSchema,
} from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { AuditLog } from "../../core/audit-log.ts";
import type { AuditProblem, AuditReading, AuditReport } from "../../core/audit-reading.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/error.ts";
import type { Caller } from "../intake.ts";
import type { Operator, Operators } from "../operators.ts";
import { violation } from "../violation.ts";
import { toAuditEntry } from "./audit-entry.ts";
import { readEntryQuery, writeToken } from "./entry-query.ts";

type Reader = Operator & Pick<Caller, "signal">;

/** What the doors answer for AuditService. */
export interface Audit {
  list(request: ListAuditEntriesRequest, reader: Operator): Promise<ListAuditEntriesResponse>;
  get(request: GetAuditEntryRequest, reader: Operator): Promise<GetAuditEntryResponse>;
  prove(request: GetInclusionProofRequest, reader: Operator): Promise<GetInclusionProofResponse>;
  verify(request: VerifyAuditLogRequest, reader: Reader): Promise<VerifyAuditLogResponse>;
  copy(request: ExportAuditLogRequest, reader: Operator): AsyncIterable<ExportAuditLogResponse>;
  prune(request: PruneAuditLogRequest, reader: Operator): Promise<PruneAuditLogResponse>;
}

export interface AuditServiceOptions {
  readonly log: AuditLog;
  /** Undefined where no log is kept. */
  readonly reading: AuditReading | undefined;
  /** Who may read. */
  readonly readers: Operators;
  /** Who may take out. */
  readonly operators: Operators;
  readonly clock: Clock;
}

/** The log for those who examine it. Whoever asks for something is on record before they have it. */
export function createAudit(options: AuditServiceOptions): Audit {
  const { log, readers, operators, clock } = options;
  const reading = options.reading ?? noReading;
  const recorded = (action: string, { principal, requestId }: Operator, detail: object) =>
    log.intend({
      kind: action === "audit.prune" ? "change" : "read",
      requestId,
      tenant: "",
      content: { action, by: principal.name, keyId: principal.keyId, ...detail },
    });

  return {
    async list(request, reader) {
      readers.admit(reader);
      const query = readEntryQuery(request, clock.epochMs());
      const { $typeName: _, from, to, pageToken, ...asked } = request;
      const times = { from: query.fromEpochMs, to: query.toEpochMs };
      await recorded("audit.list", reader, { ...times, asked: setOnly(asked) });
      const { records, next } = await reading.list(query);
      return create(ListAuditEntriesResponseSchema, {
        entries: records.map((record) => toAuditEntry(record, false)),
        nextPageToken: next ? writeToken(next) : "",
      });
    },
    async get(request, reader) {
      readers.admit(reader);
      const { chain, sequence } = placeOf(request);
      const { includeTexts } = request;
      await recorded("audit.get", reader, { chain, sequence, includeTexts });
      const record = await reading.get(chain, sequence);
      return create(GetAuditEntryResponseSchema, {
        entry: toAuditEntry(record, includeTexts),
        record: record.bytes,
        leafHash: record.leafHash,
      });
    },
    async prove(request, reader) {
      readers.admit(reader);
      const { chain, sequence } = placeOf(request);
      await recorded("audit.prove", reader, { chain, sequence });
      const proof = await reading.prove(chain, sequence);
      return create(GetInclusionProofResponseSchema, {
        ...proof,
        leafIndex: BigInt(proof.leafIndex),
        treeSize: BigInt(proof.treeSize),
        auditPath: [...proof.auditPath],
        followingHeads: [...proof.followingHeads],
      });
    },
    async verify(_, reader) {
      readers.admit(reader);
      await recorded("audit.verify", reader, {});
      return reportOf(await reading.verify(reader.signal));
    },
    async *copy({ from, to }, reader) {
      readers.admit(reader);
      const fromEpochMs = from ? timestampMs(from) : 0;
      const toEpochMs = to ? timestampMs(to) : clock.epochMs() + 1;
      await recorded("audit.export", reader, { from: fromEpochMs, to: toEpochMs });
      for await (const lines of reading.copy({ fromEpochMs, toEpochMs })) {
        yield create(ExportAuditLogResponseSchema, { lines: Buffer.from(lines) });
      }
    },
    async prune({ dryRun }, reader) {
      operators.admit(reader);
      await recorded("audit.prune", reader, { dryRun });
      const { segments, cutoffEpochMs } = await reading.prune(dryRun);
      return create(PruneAuditLogResponseSchema, {
        segments: segments.map(({ writer, segment, records, firstEpochMs, lastEpochMs, ...rest }) =>
          create(PrunedSegmentSchema, {
            ...rest,
            chain: writer,
            segment: BigInt(segment),
            records: BigInt(records),
            firstTime: timestampFromMs(firstEpochMs),
            lastTime: timestampFromMs(lastEpochMs),
          }),
        ),
        cutoff: timestampFromMs(cutoffEpochMs),
      });
    },
  };
}

const nothingKept = () => {
  throw new GatewayError(
    Code.Unimplemented,
    ErrorReason.NOT_SUPPORTED,
    "This gateway keeps no audit log (AXONFLOW_AUDIT_MODE=off). Ask one that does.",
    { metadata: { field: "AXONFLOW_AUDIT_MODE" } },
  );
};

/** Of a gateway that keeps no log. */
const noReading: AuditReading = {
  list: nothingKept,
  get: nothingKept,
  prove: nothingKept,
  verify: nothingKept,
  copy: nothingKept,
  prune: nothingKept,
};

function placeOf({ position }: GetAuditEntryRequest | GetInclusionProofRequest) {
  const { chain = "", sequence = 0n } = position ?? {};
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(chain)) {
    throw GatewayError.invalid(violation("position.chain", "Must be the UUID of a chain."));
  }
  if (sequence < 1n || sequence > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw GatewayError.invalid(violation("position.sequence", "Must be 1 or more."));
  }
  return { chain, sequence: Number(sequence) };
}

function setOnly(fields: object): object {
  const isSet = (value: unknown) =>
    Array.isArray(value) ? value.length > 0 : value !== "" && value !== 0;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSet(value)));
}

/** A report in the contract's words. */
export function reportOf(report: AuditReport): VerifyAuditLogResponse {
  const { counts, problems, problemCount, signers, unfinished } = report;
  return create(VerifyAuditLogResponseSchema, {
    whole: report.isWhole,
    problems: problems.map(problemOf),
    problemCount: BigInt(problemCount),
    chains: BigInt(counts.chains),
    segments: BigInt(counts.segments),
    prunedSegments: BigInt(counts.shreddedSegments),
    records: BigInt(counts.records),
    heads: BigInt(counts.heads),
    checkpoints: BigInt(counts.checkpoints),
    unsignedRecords: BigInt(counts.unsigned),
    signers: [...signers].map(([keyId, publicKey]) =>
      create(AuditSignerSchema, { keyId, publicKey: Buffer.from(publicKey, "base64") }),
    ),
    unfinishedCalls: BigInt(unfinished.length),
  });
}

function problemOf({ kind, message, writer, segment, sequence, head, key }: AuditProblem) {
  return create(AuditProblemSchema, {
    kind,
    message,
    chain: writer,
    ...(segment !== undefined && { segment: BigInt(segment) }),
    ...(sequence !== undefined && { sequence: BigInt(sequence) }),
    ...(head !== undefined && { head: BigInt(head) }),
    ...(key !== undefined && { key: BigInt(key) }),
  });
}
