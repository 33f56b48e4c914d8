import { type AuditFindings, isOnlyCutOff } from "./findings.ts";
import { fingerprint } from "./trusted-keys.ts";

/** Unfinished calls that are shown to people. */
const mostShown = 10;

/** What is no problem and has to be understood, a paragraph each. */
export function notes(findings: AuditFindings): readonly string[] {
  const { report } = findings;
  const { counts, unfinished } = report;
  return [
    ...signedBy(findings),
    anchorNote(findings),
    ...(findings.copy?.isOfAll === false ? [partNote] : []),
    ...(counts.unsigned > 0 ? [unsignedNote] : []),
    ...(unfinished.length > 0 ? [unfinishedNote(findings)] : []),
    ...(counts.shreddedSegments > 0 ? [prunedNote] : []),
    ...(findings.decrypted ? [decryptedNote(findings.decrypted)] : []),
    ...(report.isWhole ? [] : [whatToDo(findings)]),
  ];
}

function signedBy({ report, trustedKeys }: AuditFindings): string[] {
  const signers = [...report.signers];
  if (signers.length === 0) return [];
  const lines = signers.map(
    ([keyId, publicKey]) => `  ${keyId}, public key SHA-256 ${fingerprint(publicKey)}`,
  );
  const trust =
    trustedKeys > 0
      ? "No other keys than those of --public-key may have signed."
      : "That these are the gateway's keys is the log's own word: give --public-key FILE with one that you have from elsewhere.";
  return [["Signed with", ...lines, trust].join("\n")];
}

function anchorNote({ anchors, copy }: AuditFindings): string {
  if (anchors > 0) return `${anchors === 1 ? "1 anchor was" : `${anchors} anchors were`} compared.`;
  if (copy) return noAnchorForCopy;
  return [
    "No anchor was given. Whoever owns the store can take away what came after the last checkpoint that somebody else has,",
    "and write it anew with the signing key. docs/audit.md says how to keep anchors.",
  ].join("\n");
}

const noAnchorForCopy = [
  "No anchor was given. Whoever makes a copy can leave out its end, and whoever has the signing key can make another log:",
  "docs/audit.md says how to keep anchors.",
].join("\n");

const partNote = [
  "It is a copy of a part. That nothing is missing or changed within it is shown here, and that nothing was before or after it",
  "is not.",
].join("\n");

const copyAnew =
  "Copy it once more: axonflow audit export --out FILE, or from where it was downloaded.";

const unsignedNote = [
  "Records that are not signed yet are chained like all others. A gateway signs each second, and when it ends; after one that",
  "was killed, those of its last second stay so until the next gateway signs that it has seen them.",
].join("\n");

function unfinishedNote({ report: { unfinished }, copy }: AuditFindings): string {
  const count = unfinished.length;
  const shown = unfinished
    .slice(0, mostShown)
    .map(
      ({ requestId, epochMs, writer, sequence }) =>
        `  ${new Date(epochMs).toISOString()}  request ${requestId}  ${writer}/${sequence}`,
    );
  return [
    `${count === 1 ? "1 call has" : `${count} calls have`} an intent and no outcome. Such a call is under way${copy ? ", or ended after the copy" : ""}, or its gateway was killed in the midst of it:`,
    "who asked for what is on record, and whether the provider answered is not. No answer was given to its end.",
    ...shown,
    ...(count > mostShown ? [`  and ${count - mostShown} more; --json tells them all`] : []),
  ].join("\n");
}

const prunedNote = [
  "Pruned segments are past their retention. Their keys are gone, so nobody can read what they said, in copies neither; their",
  "roots are kept, and the chain is followed past them.",
].join("\n");

function decryptedNote({ opened, unreadable }: NonNullable<AuditFindings["decrypted"]>): string {
  const failed = unreadable.reduce((sum, { records }) => sum + records, 0);
  if (failed === 0) return `All ${opened.toLocaleString("en-US")} encrypted records could be read.`;
  const total = (opened + failed).toLocaleString("en-US");
  return [
    `${failed.toLocaleString("en-US")} of ${total} encrypted records could not be read:`,
    ...unreadable.map(
      ({ reason, records, first }) =>
        `  ${records.toLocaleString("en-US")} × ${reason} The first is ${first}.`,
    ),
  ].join("\n");
}

function whatToDo(findings: AuditFindings): string {
  if (isOnlyCutOff(findings)) return copyAnew;
  return findings.copy ? compareCopies : changeNothing;
}

const compareCopies = [
  "Keep this file. Whether the log itself was changed or only the copy shows when the log is looked at (axonflow audit verify)",
  'and copied once more: docs/audit.md, "When the log is not whole".',
].join("\n");

const changeNothing = [
  'Change nothing in the store, and keep a copy of it. An export from before shows what stood there: docs/audit.md, "When the',
  'log is not whole".',
].join("\n");
