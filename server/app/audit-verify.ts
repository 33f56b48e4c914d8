import {
  isCopyOfAll,
  type VerifyExportOptions,
  verifyExportFile,
} from "../audit/export/export-file-verification.ts";
import { openExportFile } from "../audit/export/open-export-file.ts";
import { verifyLog } from "../audit/verifying/verify-log.ts";
import type { Configuration } from "../config/settings.ts";
import type { AuditReport } from "../core/audit-reading.ts";
import type { AuditStore } from "../core/audit-store.ts";
import { readAnchors } from "./audit-verify/anchors.ts";
import { decryptAll } from "./audit-verify/decrypted.ts";
import { createEntriesFile } from "./audit-verify/entries-file.ts";
import { type AuditFindings, isFound } from "./audit-verify/findings.ts";
import { reportJson } from "./audit-verify/report-json.ts";
import { reportSheet } from "./audit-verify/report-sheet.ts";
import { readTrustedKeys } from "./audit-verify/trusted-keys.ts";
import {
  openConfiguredMasterKey,
  openConfiguredStore,
  refusing,
} from "./audit-verify/verified-store.ts";
import { watchedStore } from "./audit-verify/watched-store.ts";

/** What somebody wants to know of a log. */
export interface AuditQuestion {
  readonly settings: Configuration;
  /** A copy that was exported; undefined: the configured store. */
  readonly copy: string | undefined;
  /** Files with the only public keys that may have signed. */
  readonly publicKeyFiles: readonly string[];
  /** Files with checkpoints that were kept elsewhere. */
  readonly anchorFiles: readonly string[];
  /** Whether every record is to be read as well. */
  readonly decrypts: boolean;
  /** A file to be made, of every record that can be read; undefined: none. */
  readonly entriesFile: string | undefined;
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
  const { settings, entriesFile, decrypts } = question;
  const isOpening = decrypts || entriesFile !== undefined;
  const masterKey = isOpening ? await openConfiguredMasterKey(settings) : undefined;
  const opened = await open(question);
  const entries = entriesFile === undefined ? undefined : await createEntriesFile(entriesFile);
  try {
    const store = watchedStore(opened.store, question.progress);
    const report = await opened.verify(store, { trustedKeys, anchors });
    const findings: AuditFindings = {
      where: opened.where,
      report: opened.copy?.isOfAll === false ? report : notEmpty(report),
      copy: opened.copy,
      trustedKeys: trustedKeys?.size ?? 0,
      anchors: anchors.length,
      decrypted: masterKey && (await decryptAll(store, masterKey, entries?.take)),
    };
    const print = question.asJson ? reportJson : reportSheet;
    return { isWhole: isFound(findings), said: print(findings) };
  } finally {
    await entries?.close();
    await opened.store.close();
  }
}

/** What is looked at, and how. */
interface Opened extends Pick<AuditFindings, "where" | "copy"> {
  readonly store: AuditStore;
  readonly verify: (store: AuditStore, options: VerifyExportOptions) => Promise<AuditReport>;
}

async function open({ settings, copy: path }: AuditQuestion): Promise<Opened> {
  if (path === undefined) {
    const verify: Opened["verify"] = (store, options) => verifyLog({ ...options, store });
    return { ...(await openConfiguredStore(settings)), copy: undefined, verify };
  }
  const { store, index } = await refusing(() => openExportFile(path));
  return {
    store,
    where: path,
    copy: { isOfAll: isCopyOfAll(index), isCutOff: index.cutOff !== undefined },
    verify: (watched, options) => verifyExportFile({ store: watched, index }, options),
  };
}

/** A gateway that was ever started wrote that it was. */
function notEmpty(report: AuditReport): AuditReport {
  if (report.counts.chains > 0 || !report.isWhole) return report;
  const message = "There is no record in it, and a gateway writes one when it is started.";
  const problems = [{ kind: "missing", writer: "", message } as const];
  return { ...report, isWhole: false, problems, problemCount: 1 };
}
