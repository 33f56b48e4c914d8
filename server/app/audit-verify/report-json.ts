import { toJson } from "@bufbuild/protobuf";
import { VerifyAuditLogResponseSchema } from "../../../gen/axonflow/gateway/v1/audit_pb.ts";
import { reportOf } from "../../edge/audit/audit.ts";
import type { AuditFindings } from "./findings.ts";

/** What VerifyAuditLog would answer, in the same JSON, and what only an offline look knows. */
export function reportJson({ where, report, copy, decrypted }: AuditFindings): string {
  const answer = toJson(VerifyAuditLogResponseSchema, reportOf(report), {
    useProtoFieldName: true,
    alwaysEmitImplicit: true,
  }) as object;
  const unfinished = report.unfinished.map(({ requestId, epochMs, writer, sequence }) => ({
    request_id: requestId,
    time: new Date(epochMs).toISOString(),
    position: { chain: writer, sequence: String(sequence) },
  }));
  const ofCopy = copy && { copy: { of_all: copy.isOfAll, cut_off: copy.isCutOff } };
  const more = { where, ...ofCopy, ...answer, unfinished, ...(decrypted && { decrypted }) };
  return `${JSON.stringify(more)}\n`;
}
