import { type VerifyOptions, verifyLog } from "../audit/verifying/verify-log.ts";
import type { Configuration } from "../config/settings.ts";
import type { AuditReport } from "../core/audit-reading.ts";
import type { AuditStore } from "../core/audit-store.ts";
import { systemClock } from "../core/clock.ts";
import { readAnchors } from "./audit-verify/anchors.ts";
import { decryptAll } from "./audit-verify/decrypted.ts";
import { type AuditFindings, isFound } from "./audit-verify/findings.ts";
import { reportJson } from "./audit-verify/report-json.ts";
import { reportSheet } from "./audit-verify/report-sheet.ts";
import { readTrustedKeys } from "./audit-verify/trusted-keys.ts";
import { openConfiguredMasterKey, openConfiguredStore } from "./audit-verify/verified-store.ts";
import { watchedStore } from "./audit-verify/watched-store.ts";

/** What somebody wants to know of a log. */
export interface AuditQuestion {
  readonly settings: Configuration;
  /** Files with the only public keys that may have signed. */
  readonly publicKeyFiles: readonly string[];
  /** Files with checkpoints that were kept elsewhere. */
  readonly anchorFiles: readonly string[];
  /** Whether every record is to be read as well. */
  readonly decrypts: boolean;
  readonly asJson: boolean;
  /** Is told how many records have been read so far. */
  readonly progress: (records: number) => void;
}

/** Looks at a log without any gateway, whether one runs or not. Throws a ConfigurationError where there is nothing to look at. */
export async function verifyAudit(
  question: AuditQuestion,
): Promise<{ readonly isWhole: boolean; readonly said: string }> {
  const trustedKeys = readTrustedKeys(question.publicKeyFiles);
  const anchors = readAnchors(question.anchorFiles);
  const masterKey = question.decrypts
    ? await openConfiguredMasterKey(question.settings)
    : undefined;
  const { store: opened, where } = await openConfiguredStore(question.settings);
  try {
    const store = watchedStore(opened, question.progress);
    const report = await verify({ store, trustedKeys, anchors });
    const findings: AuditFindings = {
      where,
      report,
      trustedKeys: trustedKeys?.size ?? 0,
      anchors: anchors.length,
      decrypted: masterKey && (await decryptAll(store, masterKey, () => systemClock.now())),
    };
    const print = question.asJson ? reportJson : reportSheet;
    return { isWhole: isFound(findings), said: print(findings) };
  } finally {
    await opened.close();
  }
}

/** A segment that is pruned while it is looked at seems to be damaged: then all is looked at once more. */
async function verify(options: VerifyOptions): Promise<AuditReport> {
  const before = await prunedSegments(options.store);
  const report = await verifyLog(options);
  const isPruned = !report.isWhole && (await prunedSegments(options.store)) > before;
  return notEmpty(isPruned ? await verifyLog(options) : report);
}

async function prunedSegments(store: AuditStore): Promise<number> {
  return (await store.segments()).filter(({ summary }) => summary !== undefined).length;
}

/** A gateway that was ever started wrote that it was. */
function notEmpty(report: AuditReport): AuditReport {
  if (report.counts.chains > 0) return report;
  const message = "There is no record in it, and a gateway writes one when it is started.";
  const problems = [...report.problems, { kind: "missing", writer: "", message } as const];
  return { ...report, isWhole: false, problems, problemCount: report.problemCount + 1 };
}
