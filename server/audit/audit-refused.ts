/** The audit log cannot be opened as it is configured; the message says what to do. */
export class AuditRefused extends Error {
  override readonly name = "AuditRefused";
}
